"""The memory guard: ends a worker whose memory the message in hand has nearly filled."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.memory_limit import measure_resident
from services.matcher.domain.crashes.lethal import HeldMessage

log = telemetry.logger(__name__)

FULL = 0.9
TAKEN = 0.1
"""The part of the limit that a message must have taken. Below, other things fill the memory."""


@dataclass(slots=True)
class MemoryGuard:
    """Measures the memory every `seconds`, in its own thread.

    Above nine tenths of `limit` bytes it calls `on_full` with the message that runs, if a tenth was
    taken while that message was in hand. A worker that is full of state goes on.
    """

    limit: int
    seconds: float
    in_hand: InHand
    on_full: Callable[[HeldMessage], None]
    measure: Callable[[], int] = measure_resident
    _before: dict[HeldMessage, int] = field(default_factory=dict, init=False)
    _last: int = field(default=0, init=False)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)

    def start(self) -> None:
        """Begin to measure."""
        metrics.MEMORY_LIMIT.set(self.limit)
        threading.Thread(target=self._run, name="memory", daemon=True).start()

    def stop(self) -> None:
        """Measure no more."""
        self._stopped.set()

    def look(self) -> None:
        """Measure once."""
        used = self.measure()
        metrics.MEMORY.set(used)
        held = {_whole(message) for message in self.in_hand.list_held()}
        self._before = {message: self._before.get(message, self._last) for message in held}
        self._last = used
        running = self.in_hand.find_running()
        if running is not None and used > FULL * self.limit:
            taken = used - self._before.get(_whole(running), used)
            if taken >= TAKEN * self.limit:
                self.on_full(running)

    def _run(self) -> None:
        self._last = self.measure()
        while not self._stopped.wait(self.seconds):
            self.look()


def _whole(message: HeldMessage) -> HeldMessage:
    """The message of an item: what its items take adds up."""
    return replace(message, item=None)
