"""Values that several kinds of sources have in common, as people write them."""

from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.model import Document
from schemas.time_span import TimeSpan

SHORTEST_POLL = timedelta(seconds=10)
LONGEST_URL = 2048


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be an address such as https://example.org/feed.xml")
    if parts.username is not None:
        raise ValueError("a password in an address ends in logs: use credentials")
    return url


def _check_poll(span: timedelta) -> timedelta:
    if span < SHORTEST_POLL:
        raise ValueError(f"shorter than {SHORTEST_POLL.total_seconds():g}s: nobody likes that")
    return span


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"there is no time zone {name!r}: write one as Asia/Baghdad") from None
    return name


Url = Annotated[str, StringConstraints(max_length=LONGEST_URL), AfterValidator(_check_url)]
Poll = Annotated[TimeSpan, AfterValidator(_check_poll)]
"""The time between two requests."""
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_zone)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""A code of ISO 639, such as `ar`."""
FilePath = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
DateOrder = Literal["dmy", "mdy"]
Rate = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^SOURCE_[A-Z0-9_]{1,100}$")]
"""Only what begins so is read: a source cannot name, and send away, any other variable."""


class Credential(Document):
    """Where a secret is: an environment variable `SOURCE_…`, or a file. Never the secret itself."""

    env: EnvironmentName | None = None
    file: FilePath | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("one of env and file: where is the secret?")
        return self


class RateLimit(Document):
    """What the source may send; what it leaves out is that of every token."""

    reports_per_second: Rate | None = None
    bytes_per_second: Rate | None = None
