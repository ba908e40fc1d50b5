"""Signal: one rule hit on its way to a window."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.alert import MOST_OWNERS, Evidence, window_key
from schemas.model import Count, Instant, Micros, Model

LARGEST_SIGNAL = 50_000
"""Bytes of a signal as stored: detection cuts long reports, `correlate` refuses what is larger."""

MOST_FIRINGS = 1000
"""Firing times of an episode that a hit of it has."""

FieldValue = str | float | tuple[str, ...] | None


class SignalKind(StrEnum):
    """A hit counts; a retraction removes the hits of one identity, also those that come later."""

    HIT = "hit"
    RETRACTION = "retraction"


class Signal(Model):
    """One hit of base rule `base`, for the windows of `rule` and `group`.

    `identity` is that of the event. `values` are the members that the base rule's selection matched
    on the field that the correlation counts (numbers as decimal text), `by` those on its `by`
    field. `fields` are the event fields in the rule's templates. Where the hit is an alert of a
    base rule, `identity` is the alert's id, `revision` its revision and `owners` those of its
    evidence; it lasts from `occurred_at` to `occurred_until`, the first and last of its `firings`.
    One that is `suspected` was found by the reader alone; `means` is the digest of what the rule's
    `means` were then (of its window, see `WindowRule`).
    """

    kind: SignalKind = SignalKind.HIT
    pack: str
    rule: str
    base: str
    bundle: Count = 0
    group: dict[str, str] = Field(default_factory=dict)
    identity: str
    occurred_at: Instant
    occurred_until: Instant | None = None
    story: str
    owner: str
    owners: Annotated[tuple[str, ...], Field(max_length=MOST_OWNERS)] = ()
    values: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    revision: Count = 0
    firings: Annotated[tuple[Micros, ...], Field(max_length=MOST_FIRINGS)] = ()
    fields: dict[str, FieldValue] = Field(default_factory=dict)
    evidence: Evidence
    exercise: bool = False
    backfill: bool = False
    suspected: bool = False
    means: str = ""

    @property
    def learned_at(self) -> datetime:
        """When its report was recorded; when it happened, where that is not known."""
        return self.evidence.recorded_at or self.occurred_at

    @property
    def key(self) -> bytes:
        """The Kafka key: the key of the window."""
        return window_key(self.pack, self.rule, self.group, exercise=self.exercise)
