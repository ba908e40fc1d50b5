"""The state of one hypothesis, as one frozen, serialisable value. Times in microseconds."""

from typing import Any, Self

import msgspec

from schemas.alert import Alert
from services.matcher.domain.hypotheses.distance import Distance
from services.matcher.domain.windows.stored_value import StoredValue

MOST_OBSERVATIONS = 32
"""Of the alerts of one indicator so many are kept, the newest."""

MOST_WINDOWS = 64
"""Of the windows of one indicator that hold hits so many are kept, the nearest to firing."""

MOST_SILENT = 256
"""Of the silent sources so many are kept, the newest."""


class Observation(msgspec.Struct, frozen=True, array_like=True):
    """One alert of an indicator at its highest revision; `at` is when it was last observed."""

    alert: str
    revision: int
    at: int
    withdrawn: bool = False
    backfill: bool = False
    evidence: tuple[dict[str, Any], ...] = ()


class HypothesisState(StoredValue, frozen=True):
    """What is known of each indicator, by rule, and the alerts of the levels as last announced.

    The level is evaluated up to `time`, None before the first message. `rank` is that of the
    present level and `since` when it began; `cause_alert` the id of the alert that led to it, if
    one did.
    """

    exercise: bool = False
    offset: int = -1
    serial: int = 0
    time: int | None = None
    rank: int = 0
    since: int | None = None
    cause_alert: str = ""
    observations: dict[str, tuple[Observation, ...]] = msgspec.field(default_factory=dict)
    distances: dict[str, dict[str, Distance]] = msgspec.field(default_factory=dict)
    silent_sources: tuple[str, ...] = ()
    announced: tuple[dict[str, Any], ...] = ()

    @classmethod
    def empty(cls, *, exercise: bool = False) -> Self:
        """The state of a hypothesis before its first message."""
        return cls(exercise=exercise)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts of its levels at their current revisions, in order of announcement."""
        return tuple(map(Alert.model_validate, self.announced))

    def with_alerts(self, *alerts: Alert) -> Self:
        """The state with these alerts as announced."""
        announced = tuple(alert.model_dump(mode="json", exclude_defaults=True) for alert in alerts)
        return msgspec.structs.replace(self, announced=announced)
