"""Requests without a valid token or signature, in the log: few, and without what was sent."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.telemetry import logger

SECONDS = 1.0
LONGEST_PATH = 200

log = logger(__name__)


@dataclass(slots=True)
class UnauthorizedLog:
    """One line a second at most; the next one says how many had none."""

    clock: Callable[[], float] = time.monotonic
    seconds: float = SECONDS
    _written_at: float = float("-inf")
    _unwritten: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, client: str | None, path: str) -> None:
        """Log that a request from this address was refused with 401; never blocks."""
        with self._lock:
            now = self.clock()
            if now - self._written_at < self.seconds:
                self._unwritten += 1
                return
            unwritten, self._unwritten, self._written_at = self._unwritten, 0, now
        log.warning("unauthorized", client=client, path=path[:LONGEST_PATH], more=unwritten)
