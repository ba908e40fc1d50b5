"""Signal: one rule hit on its way to a window."""

from enum import StrEnum

from pydantic import Field

from schemas.alert import Evidence, window_key
from schemas.model import Instant, Model

FieldValue = str | float | tuple[str, ...] | None


class SignalKind(StrEnum):
    """A hit counts; a mark takes the hits of one identity out and keeps them out."""

    HIT = "hit"
    RETRACTION = "retraction"


class Signal(Model):
    """One hit of base rule `base`, for the windows of `rule` and `group`.

    `identity` is that of the event. `values` are the members that the base rule's own selection
    matched on the field that the correlation counts (numbers as their decimal text), `by` those on
    its `by` field. `fields` are the event fields that the rule's templates mention. Where the hit
    is an alert of a base rule, `identity` is the alert's id, `revision` its revision and `owners`
    all who stand behind it.
    """

    kind: SignalKind = SignalKind.HIT
    pack: str
    rule: str
    base: str
    bundle: int = 0
    group: dict[str, str] = Field(default_factory=dict)
    identity: str
    occurred_at: Instant
    occurred_until: Instant | None = None
    story: str
    owner: str
    owners: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    revision: int = 0
    fields: dict[str, FieldValue] = Field(default_factory=dict)
    evidence: Evidence
    exercise: bool = False
    backfill: bool = False

    @property
    def key(self) -> bytes:
        """The Kafka key, which is the key of the window too."""
        return window_key(self.pack, self.rule, self.group, exercise=self.exercise)
