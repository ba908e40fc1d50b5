"""The time of the processor, cheap to read: asking the system takes longer than most rules do."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

STALE_SECONDS = 0.001


@dataclass(slots=True)
class ProcessorClock:
    """Seconds of the processor that its one thread has taken, at most STALE_SECONDS behind."""

    processor: Callable[[], float] = time.thread_time
    wall: Callable[[], float] = time.monotonic
    _seconds: float = field(default=0.0, init=False)
    _asked: float = field(default=-inf, init=False)

    def __call__(self) -> float:
        """The time when the system was asked last."""
        now = self.wall()
        if now - self._asked > STALE_SECONDS:
            self._seconds, self._asked = self.processor(), now
        return self._seconds
