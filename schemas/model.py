"""What every shared model is: frozen, strict about keys, bounded in its words."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

KIB = 1024
LONGEST_LIST = 256
LONGEST_NAME = 1024

# half of a surrogate pair is no character either, and UTF-8 cannot carry it
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Model(BaseModel):
    """A frozen value; an unknown key is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999 in UTC") from None


def _printable(text: str) -> str:
    control = _CONTROL.search(text)
    if control is not None:
        raise ValueError(f"control character U+{ord(control[0]):04X} is not allowed")
    return text


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        # a character is at most four bytes: most texts need no encoding to be judged
        if len(text) * 4 > limit and len(text.encode("utf-8", "surrogatepass")) > limit:
            raise ValueError(f"longer than {limit} bytes")
        return text

    return AfterValidator(check)


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment with its offset, kept as UTC."""

Text = Annotated[str, AfterValidator(_printable), _at_most(64 * KIB)]
"""Words as reported: 64 KiB at most, no control characters but newline and tab."""

Name = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(_printable), _at_most(LONGEST_NAME)
]
"""A short, non-empty string: an id, an actor, a place."""
