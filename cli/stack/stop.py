"""Stopping on a signal, at points where everything can be closed in order."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class UserStopped(Exception):
    """A signal asked this process to stop."""


class Stop:
    """The requests to stop; every wait of the stack uses `sleep`."""

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._requests = 0

    def request(self, *_: object) -> None:
        """Request a stop: once in order, twice at once."""
        self._requests += 1
        self._requested.set()

    @property
    def urgent(self) -> bool:
        """Whether a stop was requested twice."""
        return self._requests > 1

    def sleep(self, seconds: float) -> None:
        """Wait that long.

        Raises:
            UserStopped: as soon as a stop is requested.
        """
        if self._requested.wait(max(0, seconds)):
            raise UserStopped

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take SIGINT, SIGTERM and SIGHUP as requests; only for the main thread."""
        before = {number: signal.signal(number, self.request) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
