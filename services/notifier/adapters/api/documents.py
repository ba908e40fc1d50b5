"""What requests to the API say: bodies and query parameters, each of flat fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from schemas.alert import LONGEST_FIELD, Status
from schemas.model import Document, Instant
from schemas.recorded_verdict import Opinion
from schemas.silence import LONGEST_REASON
from schemas.time_span import TimeSpan, require_not_zero
from services.notifier.domain.watch.refusals import InvalidAct
from services.notifier.domain.watch.silences.lifecycle import SilenceState

MOST_LISTED = 200

Matchers = Annotated[
    tuple[Annotated[str, Field(max_length=2000)], ...],
    Field(
        max_length=16,
        description="Matchers as Alertmanager writes them; all must hold.",
        examples=[['rule="joint_march"', 'group_country=~"IQ|SY"']],
    ),
]
Duration = Annotated[
    TimeSpan,
    Field(description="From now, instead of `ends_at`: `30m`, `8h`, `7d`.", examples=["2h"]),
]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_FIELD)]


class Ending(Document):
    """What ends at a time, or after a duration."""

    ends_at: Instant | None = None
    duration: Duration | None = None

    @model_validator(mode="after")
    def _has_one_end(self) -> "Ending":
        if self.ends_at is not None and self.duration is not None:
            raise ValueError("has both ends_at and duration: write one of them")
        if self.duration is not None:
            require_not_zero(self.duration)
        return self

    def find_end(self, beginning: datetime) -> datetime | None:
        """The end of what begins then; None if nothing is said of it."""
        return self.ends_at or (None if self.duration is None else beginning + self.duration)

    @contextmanager
    def naming_end(self) -> Iterator[None]:
        """A fault of the end names the field that was written, `ends_at` or `duration`."""
        try:
            yield
        except InvalidAct as error:
            if self.duration is None or error.field != "ends_at":
                raise
            raise InvalidAct("duration", str(error)) from None


class SilenceBody(Ending):
    """A silence that is asked for."""

    matchers: Matchers
    reason: Annotated[str, Field(max_length=LONGEST_REASON)]
    starts_at: Instant | None = None


class MatchersBody(Document):
    """The matchers of a silence that might be."""

    matchers: Matchers


class AcknowledgementBody(Ending):
    """An acknowledgement; without an end it holds for four hours."""

    comment: Comment = ""


class VerdictBody(Document):
    """What somebody thinks of an alert."""

    verdict: Opinion
    comment: Comment = ""


class AlertQuery(Document):
    """Which alerts are listed."""

    filter: Matchers = ()
    status: tuple[Status, ...] = (Status.FIRING,)
    acknowledged: bool | None = None
    silenced: bool | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50
    cursor: Annotated[str, StringConstraints(pattern="^[0-9]{1,15}$")] | None = None


class CapQuery(Document):
    """Which alerts a feed has."""

    filter: Matchers = ()
    silenced: bool | None = False
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = MOST_LISTED
    cursor: Annotated[str, StringConstraints(pattern="^[0-9]{1,15}$")] | None = None


class GroupQuery(Document):
    """By which labels alerts are grouped, and which."""

    by: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)] = ("pack", "rule")
    filter: Matchers = ()


class SilenceQuery(Document):
    """Which silences are listed."""

    state: tuple[SilenceState, ...] = (SilenceState.ACTIVE, SilenceState.PENDING)


class RecentQuery(Document):
    """How far back, and how many."""

    days: Annotated[int, Field(ge=1, le=30)] = 30
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = MOST_LISTED


class NoQuery(Document):
    """No parameter."""
