"""The loop watchdog: a process whose event loop hangs ends, for its supervisor to start it again.

The consumer sends its heartbeats from a thread of its own, so a worker whose loop hangs would keep
its partitions for ever.
"""

import asyncio
import faulthandler
import sys
import time
from dataclasses import dataclass, field

STUCK_SECONDS = 60.0
"""More than any single step may take; Kafka waits as long for a member to rejoin."""


@dataclass(frozen=True, slots=True)
class LoopWatchdog:
    """Ends the process with code 1 when a loop has not turned for `seconds`.

    It prints the stack of every thread first. It runs outside of Python, so it works even while
    the interpreter is blocked.
    """

    seconds: float = STUCK_SECONDS
    _turned: dict[asyncio.AbstractEventLoop, float] = field(default_factory=dict, init=False)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Watch `loop` from now on; to be called in its thread, or before it runs."""
        self._restart_timer(loop)

    def stop(self) -> None:
        """Watch no loop any more."""
        faulthandler.cancel_dump_traceback_later()

    def _restart_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        self._turned[loop] = now
        left = min([*self._turned.values()]) + self.seconds - now
        if left > 0:
            faulthandler.dump_traceback_later(left, exit=True, file=sys.__stderr__ or sys.stderr)
        loop.call_later(self.seconds / 20, self._restart_timer, loop)
