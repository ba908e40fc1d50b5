"""Indication: a change of an indicator, on its way to a hypothesis that lists its rule."""

from typing import Annotated

from pydantic import Field

from schemas.alert import Alert, window_key
from schemas.model import Count, Instant, Micros, Model

MOST_VALUES = 10_000


class WindowDistance(Model):
    """How far a window is from firing: what is required, and values with the times of their ends.

    Each value is valid until its time, in microseconds since 1970, if no hit comes.
    """

    required: Count
    values: Annotated[tuple[tuple[Count, Micros], ...], Field(min_length=1, max_length=MOST_VALUES)]


class Indication(Model):
    """A change for `hypothesis`, at `at`, of its indicator `rule` or of a source.

    It is one of three: a revision of an alert of the rule; the distance of the window `window`,
    None when it holds no hit or fires; or, without a rule, whether `source` is silent.
    """

    pack: str
    hypothesis: str
    rule: str = ""
    at: Instant
    exercise: bool = False
    alert: Alert | None = None
    window: str = ""
    distance: WindowDistance | None = None
    source: str = ""
    silent: bool = False

    @property
    def key(self) -> bytes:
        """The Kafka key: all changes for one hypothesis come in order. Drills have their own."""
        return hypothesis_key(self.pack, self.hypothesis, exercise=self.exercise)


def hypothesis_key(pack: str, hypothesis: str, *, exercise: bool) -> bytes:
    """The key of a hypothesis, and of its state."""
    return window_key(pack, hypothesis, {"hypothesis": hypothesis}, exercise=exercise)
