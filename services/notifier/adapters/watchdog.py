"""The watchdog's alerts: when the last arrived, and calls of a heartbeat service."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from pydantic import SecretStr

from schemas.alert import Alert
from schemas.event import FURTHEST_AHEAD
from services.notifier.adapters.metrics import HEARTBEATS, WATCHDOG, WATCHDOG_LATENCY
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.telemetry import logger

log = logger(__name__)

LONGEST_AGE = timedelta(minutes=2)
"""A watchdog alert older than this does not call the heartbeat service."""
PING_SECONDS = 10
TIMEOUT_SECONDS = 5


@dataclass
class HeartbeatForwarder(StoppableThread):
    """Receives the watchdog's alerts and, with a `url`, calls a heartbeat service.

    A separate thread makes the calls, at most one in 10 seconds.
    """

    clock: Callable[[], datetime]
    url: SecretStr | None = None
    newest: dict[str, datetime] = field(default_factory=dict)
    _received: threading.Event = field(default_factory=threading.Event)

    def request_stop(self) -> None:
        """Make no further call; returns at once."""
        super().request_stop()
        self._received.set()

    def receive(self, alert: Alert) -> None:
        """Measure an alert of the watchdog; one of the future, or older than the last, is ignored.

        After one of the future none of the present would be newer.
        """
        partition, at = alert.group.get("partition", ""), alert.starts_at
        if at - self.clock() > FURTHEST_AHEAD:
            log.warning("watchdog alert of the future", partition=partition, at=at.isoformat())
            return
        last = self.newest.get(partition)
        if last is not None and at <= last:
            return
        self.newest[partition] = at
        age = self.clock() - at
        WATCHDOG.labels(partition).set(at.timestamp())
        WATCHDOG_LATENCY.labels(partition).set(age.total_seconds())
        if age < LONGEST_AGE:
            self._received.set()

    def _run(self) -> None:
        if self.url is None:
            return
        with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
            while not self._stopping.is_set():
                self._received.wait()
                self._received.clear()
                if not self._stopping.is_set():
                    self._ping(http, self.url.get_secret_value())
                self._stopping.wait(PING_SECONDS)

    def _ping(self, http: httpx.Client, url: str) -> None:
        try:
            http.get(url).raise_for_status()
        except httpx.HTTPStatusError as error:
            self._log_failure(str(error.response.status_code))
        except httpx.HTTPError as error:
            self._log_failure(type(error).__name__)
        else:
            HEARTBEATS.labels("taken").inc()

    def _log_failure(self, why: str) -> None:
        # not the address: whoever knows it can feign the heartbeat
        HEARTBEATS.labels("failed").inc()
        log.warning("heartbeat call failed", error=why)
