"""What every shared model is: frozen, and bounded in its words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, LiteralString

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import core_schema

KIB = 1024
LONGEST_LIST = 256
LONGEST_NAME = 1024
LONGEST_TEXT = 64 * KIB


class Model(BaseModel):
    """A frozen value, as services exchange it; unknown keys are ignored at every depth.

    So a release reads what a later one writes. Where a stranger may be wrong rather than newer,
    the caller validates with `extra="forbid"`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Document(Model):
    """A frozen value, as people write it in a file; an unknown key is an error that names it."""

    model_config = ConfigDict(extra="forbid")


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: it is outside the years 1 to 9999.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999 in UTC") from None


@dataclass(frozen=True, slots=True)
class Matches:
    """Refuses a string that `pattern` does not match, with `message`.

    Checked in pydantic's core, for speed: an event has some twenty strings.
    """

    pattern: str
    kind: LiteralString
    message: LiteralString

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """The schema of the string, then this check."""
        matching = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.pattern),
            custom_error_type=self.kind,
            custom_error_message=self.message,
        )
        return core_schema.chain_schema([handler(source), matching])


def _within_bytes(text: str) -> str:
    # a character is at most four bytes: most texts need not be encoded
    if len(text) * 4 > LONGEST_TEXT and len(text.encode()) > LONGEST_TEXT:
        raise ValueError(f"longer than {LONGEST_TEXT} bytes")
    return text


_PRINTABLE = Matches(
    r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$",
    "control_character",
    "a control character other than newline and tab is not allowed",
)

Instant = Annotated[AwareDatetime, AfterValidator(utc)]
"""A time with its offset, kept as UTC."""

Text = Annotated[str, _PRINTABLE, AfterValidator(_within_bytes)]
"""Words of a report: at most 64 KiB, no control characters but newline and tab."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), _PRINTABLE]
"""A non-empty string of at most 1,024 characters: an id, an actor, a place."""
