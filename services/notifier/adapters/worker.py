"""One thread for each receiver, so that a slow one delays no other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from redis import RedisError

from schemas.version import NewerSchema
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.metrics import OLDEST, QUEUED, RECEIVER_UP
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.domain.codec import encode_signal
from services.notifier.domain.down_signal import make_down_signal
from services.notifier.domain.errors import LeaseLost, LogLost, RetryableError, UnknownOutcome
from services.notifier.domain.ports import NotificationLog, OutboxStore
from services.notifier.domain.urgency import Priority
from services.telemetry import logger

log = logger(__name__)

IDLE = 0.2
AFTER_FAULT = 1.0
MEASURE_INTERVAL = timedelta(seconds=1)
REPORT_INTERVAL = timedelta(minutes=5)
CHECK_INTERVAL = timedelta(minutes=5)
RECHECK_INTERVAL = timedelta(seconds=30)


@dataclass
class Worker(StoppableThread):
    """Claims and handles the due jobs of one receiver until stopped; checks it every 5 minutes.

    After a check that failed it is checked again in half a minute.

    While the receiver is down, a duty alert at the others says so.
    """

    receiver: MonitoredReceiver
    handler: JobHandler
    notifications: NotificationLog
    outbox: OutboxStore
    clock: Callable[[], datetime]
    _checked: datetime | None = None
    _measured: datetime | None = None
    _reported: datetime | None = None
    _woken: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """The receiver's."""
        return self.receiver.traits.name

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
            log.warning("left to a later release", error=str(error), receiver=self.name)
        except LeaseLost as error:
            log.warning("lease lost", error=str(error), receiver=self.name)
        except RedisError as error:
            log.warning("redis fails", error=str(error), receiver=self.name)
            self._stopping.wait(AFTER_FAULT)
        except Exception:
            # the one broad edge: a bug with one alert must not stop the others
            log.exception("job failed", receiver=self.name)
            self._stopping.wait(AFTER_FAULT)

    def _handle_next(self) -> None:
        self._woken.clear()
        self._check_receiver()
        now = self.clock()
        lanes = self.receiver.state.open_lanes(now)
        claim = self.notifications.claim(self.name, now, lanes) if lanes else None
        self._measure()
        if claim is None:
            self._woken.wait(IDLE)
        else:
            self.handler.handle(claim)

    def _check_receiver(self) -> None:
        now = self.clock()
        if self._checked is not None and now < self._checked + CHECK_INTERVAL:
            return
        self._checked = now
        try:
            self.receiver.check()
        except (RetryableError, UnknownOutcome) as failure:
            self._checked = now - CHECK_INTERVAL + RECHECK_INTERVAL
            log.warning("receiver check failed", error=str(failure), receiver=self.name)

    def _report_fault(self, now: datetime) -> None:
        fault = self.receiver.describe_fault()
        if fault is None:
            self._reported = None
        elif self._reported is None or now >= self._reported + REPORT_INTERVAL:
            signal = make_down_signal(self.name, fault, now)
            self.outbox.append([encode_signal(signal)])
            self._reported = now

    def _measure(self) -> None:
        now = self.clock()
        if self._measured is not None and now < self._measured + MEASURE_INTERVAL:
            return
        self._measured = now
        self._report_fault(now)
        QUEUED.labels(self.name).set(self.notifications.depth(self.name))
        RECEIVER_UP.labels(self.name).set(self.receiver.describe_fault() is None)
        oldest = self.notifications.list_oldest(self.name)
        for priority in Priority:
            age = now - oldest.get(priority, now)
            OLDEST.labels(self.name, priority.name.lower()).set(max(0.0, age.total_seconds()))
