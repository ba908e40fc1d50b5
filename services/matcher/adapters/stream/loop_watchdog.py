"""The loop watchdog: a process whose event loop hangs ends, for its supervisor to start it again.

The consumer sends its heartbeats from a thread of its own, so a worker whose loop hangs would keep
its partitions for ever.
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

STUCK_SECONDS = 60.0
"""More than any single step may take; Kafka waits as long for a member to rejoin."""
LOOKS = 20
"""How often a loop is looked at within the time that it may hang."""
LAST_SECONDS = 15.0
"""Longer than `on_stuck` takes."""
FAILED = 1


def _do_nothing(_loop: asyncio.AbstractEventLoop) -> None:
    pass


@dataclass(slots=True)
class LoopWatchdog:
    """Ends the process with code 1 when a loop has not turned for `seconds`.

    It prints the stack of every thread, and calls `on_stuck` in its own thread, for at most
    `last_seconds`. Time in which the process slept does not count. If the interpreter is blocked
    too, so that no thread runs, it only prints the stacks, `last_seconds` later.
    """

    seconds: float = STUCK_SECONDS
    on_stuck: Callable[[asyncio.AbstractEventLoop], None] = _do_nothing
    last_seconds: float = LAST_SECONDS
    _looks: dict[asyncio.AbstractEventLoop, int] = field(default_factory=dict, init=False)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    # loops are watched from threads of their own
    _starting: threading.Lock = field(default_factory=threading.Lock, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Watch `loop` from now on; to be called in its thread, or before it runs."""
        self._note_turn(loop)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Watch no loop any more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        faulthandler.cancel_dump_traceback_later()

    def _note_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looks[loop] = 0
        loop.call_later(self.seconds / LOOKS, self._note_turn, loop)

    def _run(self) -> None:
        # looks are counted instead of seconds: a process that was stopped has missed one of them
        while not self._stopped.is_set():
            _end_if_blocked(self.seconds + self.last_seconds)
            self._stopped.wait(self.seconds / LOOKS)
            for loop in list(self._looks):
                self._looks[loop] += 1
                if self._looks[loop] > LOOKS:
                    self._end(loop)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        # a call that does not return ends with the process too
        _end_if_blocked(self.last_seconds)
        errors = sys.__stderr__ or sys.stderr
        errors.write(f"Timeout: an event loop has not turned for {self.seconds:g} s\n")
        errors.flush()
        faulthandler.dump_traceback(errors)
        try:
            self.on_stuck(loop)
        finally:
            os._exit(FAILED)


def _end_if_blocked(seconds: float) -> None:
    """End the process in so many seconds; faulthandler's thread needs no interpreter."""
    errors = sys.__stderr__ or sys.stderr
    faulthandler.dump_traceback_later(seconds, exit=True, file=errors)
