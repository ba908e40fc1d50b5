"""One thread for each receiver, so that a slow one delays no other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from redis import RedisError

from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.metrics import QUEUED
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.ports import NotificationLog
from services.notifier.domain.retry import LONGEST_ASKED
from services.telemetry import logger

log = logger(__name__)

IDLE = 0.2
AFTER_FAULT = 1.0


@dataclass
class Worker:
    """Claims and handles the due jobs of one receiver until stopped."""

    receiver: str
    handler: JobHandler
    notifications: NotificationLog
    clock: Callable[[], datetime]
    _woken: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Work from now on, in a thread; returns at once."""
        self._thread = threading.Thread(target=self._run, name=self.receiver, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Claim at once, since something was queued."""
        self._woken.set()

    def stop(self) -> None:
        """Claim no further job; returns at once."""
        self._stopping.set()
        self._woken.set()

    def join(self, timeout: float) -> bool:
        """Whether the job in flight has ended; blocks `timeout` seconds at most."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.is_alive

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work()

    def _work(self) -> None:
        try:
            self._handle_next()
        except LogLost:
            self._woken.wait(IDLE)  # the rebuilder logs its state
        except LeaseLost as error:
            log.warning("lease lost", error=str(error), receiver=self.receiver)
        except RedisError as error:
            log.warning("redis fails", error=str(error), receiver=self.receiver)
            self._stopping.wait(AFTER_FAULT)
        except Exception:
            # the one broad edge: a bug with one alert must not stop the others
            log.exception("job failed", receiver=self.receiver)
            self._stopping.wait(AFTER_FAULT)

    def _handle_next(self) -> None:
        self._woken.clear()
        claim = self.notifications.claim(self.receiver, self.clock())
        QUEUED.labels(self.receiver).set(self.notifications.depth(self.receiver))
        if claim is None:
            self._woken.wait(IDLE)
            return
        asked = self.handler.handle(claim)
        if asked is not None:
            self._stopping.wait(min(asked, LONGEST_ASKED).total_seconds())
