"""Indication: what the window of an indicator says to a hypothesis that lists its rule."""

from schemas.alert import Alert, window_key
from schemas.model import Instant, Model


class Nearness(Model):
    """How far a window is from firing: what is asked, and values with their ends.

    Each value stands until its moment, in microseconds since 1970, if no hit comes.
    """

    asked: int
    rungs: tuple[tuple[int, int], ...]


class Indication(Model):
    """News for `hypothesis`, at `at`, of its indicator `rule` or of a source.

    A revision of an alert of the rule; or how near the window `window` has come: without `near` it
    holds nothing, or it fires; or whether `source` is silent, beyond its rhythm: without a rule.
    """

    pack: str
    hypothesis: str
    rule: str = ""
    at: Instant
    exercise: bool = False
    alert: Alert | None = None
    window: str = ""
    near: Nearness | None = None
    source: str = ""
    silent: bool = False

    @property
    def key(self) -> bytes:
        """The Kafka key: all that one hypothesis hears comes in order. Drills stand apart."""
        return hypothesis_key(self.pack, self.hypothesis, exercise=self.exercise)


def hypothesis_key(pack: str, hypothesis: str, *, exercise: bool) -> bytes:
    """The key of a hypothesis, and of its state."""
    return window_key(pack, hypothesis, {"hypothesis": hypothesis}, exercise=exercise)
