"""Progress: partitions on which nothing is done although there is something to do.

A loop may turn, and heartbeats go out, while an agent waits for what never comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from faust.types import TP

STALLED_SECONDS = 300.0
"""More than any one message may take: the longest is a change of rules for many states."""


class Lag(NamedTuple):
    """How far a partition is committed, and how many messages stand behind that."""

    done: int
    waiting: int


@dataclass(slots=True)
class Progress:
    """What is known of each partition that has messages waiting: since when it stands where."""

    seconds: float = STALLED_SECONDS
    _stands: dict[TP, tuple[int, float]] = field(default_factory=dict, init=False)

    def stalled(self, lags: Mapping[TP, Lag], now: float) -> list[TP]:
        """Those that had messages waiting for so long, of which none was done."""
        self._stands = {
            tp: self._stood(tp, lag.done, now) for tp, lag in lags.items() if lag.waiting
        }
        return [tp for tp, (_, since) in self._stands.items() if now - since >= self.seconds]

    def forget(self) -> None:
        """Nothing could be done in this while: Kafka is away, or partitions are on the move."""
        self._stands.clear()

    def _stood(self, tp: TP, done: int, now: float) -> tuple[int, float]:
        known = self._stands.get(tp)
        return known if known is not None and known[0] == done else (done, now)
