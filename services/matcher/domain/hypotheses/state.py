"""The state of one hypothesis, as one frozen, serialisable value. Times in microseconds."""

from typing import Any, Self

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.hypotheses.distance import Distance

MOST_SIGHTINGS = 32
"""Of the alerts of one indicator the newest are kept."""

MOST_WINDOWS = 64
"""Of the windows of one indicator that hold hits, the nearest to firing are kept."""


MOST_SILENT = 256
"""Of the sources that are silent so many are kept, the newest."""


class Observation(msgspec.Struct, frozen=True, array_like=True):
    """One alert of an indicator at its highest revision; `at` is when it last showed."""

    alert: str
    revision: int
    at: int
    withdrawn: bool = False
    backfill: bool = False
    evidence: tuple[dict[str, Any], ...] = ()


class HypothesisState(msgspec.Struct, frozen=True):
    """What has shown of a hypothesis, by rule, and the alerts of its levels as last announced.

    Its level is judged up to `time`, None before the first message. `rank` counts the levels
    reached, from `since` on; `mover` is the id of the alert that led to it, if one did. `silent`
    has the sources that are down.
    """

    exercise: bool = False
    offset: int = -1
    serial: int = 0
    time: int | None = None
    rank: int = 0
    since: int | None = None
    mover: str = ""
    sightings: dict[str, tuple[Observation, ...]] = {}
    distances: dict[str, dict[str, Distance]] = {}
    silent: tuple[str, ...] = ()
    announced: tuple[dict[str, Any], ...] = ()

    @classmethod
    def empty(cls, *, exercise: bool = False) -> Self:
        """The state of a hypothesis that nothing has reached yet."""
        return cls(exercise=exercise)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts of its levels at their current revisions, in order of announcement."""
        return tuple(Alert.model_validate(one) for one in self.announced)

    @property
    def standing(self) -> Alert | None:
        """The alert of the level that stands."""
        firing = (alert for alert in reversed(self.alerts) if alert.status is Status.FIRING)
        return next(firing, None)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(HypothesisState)


def encode_hypothesis(state: HypothesisState) -> bytes:
    """The state as JSON."""
    return _ENCODER.encode(state)


def decode_hypothesis(raw: bytes) -> HypothesisState:
    """The state back from `encode_hypothesis`.

    Raises:
        msgspec.ValidationError: these bytes are no such state.
    """
    return _DECODER.decode(raw)
