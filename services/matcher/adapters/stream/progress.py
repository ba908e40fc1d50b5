"""Progress: partitions on which messages wait and none is processed.

A loop may turn, and heartbeats go out, while an agent waits for what never comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from faust.types import TP

STALLED_SECONDS = 300.0
"""More than any one message may take: the longest is a change of rules for many states."""


class Lag(NamedTuple):
    """The committed offset of a partition, and the number of messages after it."""

    committed: int
    waiting: int


@dataclass(slots=True)
class Progress:
    """The committed offset of each partition with messages waiting, and since when it is that."""

    seconds: float = STALLED_SECONDS
    _unchanged: dict[TP, tuple[int, float]] = field(default_factory=dict, init=False)

    def find_stalled(self, lags: Mapping[TP, Lag], now: float) -> list[TP]:
        """The partitions on which messages have waited for `seconds` and none was committed."""
        self._unchanged = {
            tp: self._since(tp, lag.committed, now) for tp, lag in lags.items() if lag.waiting
        }
        return [tp for tp, (_, since) in self._unchanged.items() if now - since >= self.seconds]

    def forget(self) -> None:
        """Start over: nothing can be processed while Kafka is away or partitions move."""
        self._unchanged.clear()

    def _since(self, tp: TP, committed: int, now: float) -> tuple[int, float]:
        known = self._unchanged.get(tp)
        return known if known is not None and known[0] == committed else (committed, now)
