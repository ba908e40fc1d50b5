"""One thread for each receiver, so that a slow one delays no other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from redis import RedisError

from schemas.version import NewerSchema
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.metrics import QUEUED
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.ports import NotificationLog
from services.notifier.domain.retry import LONGEST_ASKED
from services.telemetry import logger

log = logger(__name__)

IDLE = 0.2
AFTER_FAULT = 1.0


@dataclass
class Worker(StoppableThread):
    """Claims and handles the due jobs of one receiver until stopped."""

    receiver: str
    handler: JobHandler
    notifications: NotificationLog
    clock: Callable[[], datetime]
    _woken: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """Claim at once, since something was queued."""
        self._woken.set()

    def request_stop(self) -> None:
        """Claim no further job, once the one in flight has ended; returns at once."""
        super().request_stop()
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work()

    def _work(self) -> None:
        try:
            self._handle_next()
        except LogLost:
            self._woken.wait(IDLE)  # the rebuilder logs its state
        except NewerSchema as error:
            log.warning("left to a later release", error=str(error), receiver=self.receiver)
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
