"""Stopping on a signal, at points of our choice: nothing is torn down half."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class UserStopped(Exception):
    """A signal asked this process to stop."""


class Stop:
    """Counts the requests to stop; every wait of the stack goes through it."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._requests = 0

    def request(self, *_: object) -> None:
        """Ask: once to stop in order, twice to stop at once."""
        self._requests += 1
        self._asked.set()

    @property
    def hurried(self) -> bool:
        """Whether somebody asked twice."""
        return self._requests > 1

    def sleep(self, seconds: float) -> None:
        """Wait that long.

        Raises:
            UserStopped: as soon as somebody asks.
        """
        if self._asked.wait(max(0, seconds)):
            raise UserStopped

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take SIGINT, SIGTERM and SIGHUP as requests, in the main thread only."""
        before = {number: signal.signal(number, self.request) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
