"""A health check made in a thread of its own: asking for its answer takes no time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.notifier.adapters.stoppable_thread import StoppableThread
from services.telemetry import Check, logger

log = logger(__name__)

SECONDS = 1.0
PATIENCE = 4.0
"""Longer than a check of something that answers; what hangs is a fault after it."""


@dataclass
class BackgroundCheck(StoppableThread):
    """Makes `check` once a second, whether anybody asks or not, so that what it measures is known.

    Every change of its answer is logged once.
    """

    name: str
    check: Check
    seconds: float = SECONDS
    patience: float = PATIENCE
    clock: Callable[[], float] = time.monotonic
    _passes: bool | None = field(default=None, init=False)
    _fault: str | None = field(default="not checked yet", init=False)
    _answered: float = field(init=False)

    def __post_init__(self) -> None:
        self._answered = self.clock()

    def find_fault(self) -> str | None:
        """The last answer, or for how long there has been none; from any thread, at once."""
        silence = self.clock() - self._answered
        if silence > self.patience + self.seconds:
            return f"no answer for {silence:.0f} s"
        return self._fault

    def make(self) -> None:
        """Make the check; blocks as it does."""
        fault = self.check()
        if self._passes != (fault is None):
            self._log(fault)
        self._passes, self._fault, self._answered = fault is None, fault, self.clock()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.make()
            self._stopping.wait(self.seconds)

    def _log(self, fault: str | None) -> None:
        if fault is None:
            log.info("a check passes", check=self.name)
        else:
            log.warning("a check fails", check=self.name, fault=fault)
