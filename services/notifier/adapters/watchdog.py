"""The watchdog at the end of its way: when it last came, and a word to who waits for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from schemas.alert import Alert
from services.notifier.adapters.metrics import HEARTBEATS, WATCHDOG, WATCHDOG_LATENCY
from services.telemetry import logger

log = logger(__name__)

STALE = timedelta(minutes=2)
"""What took so long to come through is no sign of life."""
PING_SECONDS = 10
TIMEOUT_SECONDS = 5


@dataclass
class HeartbeatForwarder:
    """Hears the watchdog's alerts; with a `url`, a heartbeat service is told of them.

    That is called from a thread of its own, once in 10 seconds at most: it holds nothing up.
    """

    clock: Callable[[], datetime]
    url: str | None = None
    newest: dict[str, datetime] = field(default_factory=dict)
    _heard: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Pass on from now on what is heard; returns at once."""
        if self.url is not None:
            args = (self.url,)
            self._thread = threading.Thread(
                target=self._run, args=args, name="watchdog", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Pass on nothing more; blocks for a call's time-out at most."""
        self._stopping.set()
        self._heard.set()
        if self._thread is not None:
            self._thread.join(TIMEOUT_SECONDS + 1)

    def receive(self, alert: Alert) -> None:
        """Note an alert of the watchdog; one that is older than the last changes nothing."""
        partition, at = alert.group.get("partition", ""), alert.starts_at
        last = self.newest.get(partition)
        if last is not None and at <= last:
            return
        self.newest[partition] = at
        age = self.clock() - at
        WATCHDOG.labels(partition).set(at.timestamp())
        WATCHDOG_LATENCY.labels(partition).set(max(0.0, age.total_seconds()))
        if age < STALE:
            self._heard.set()

    def _run(self, url: str) -> None:
        with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
            while not self._stopping.is_set():
                self._heard.wait()
                self._heard.clear()
                if not self._stopping.is_set():
                    self._ping(http, url)
                self._stopping.wait(PING_SECONDS)

    def _ping(self, http: httpx.Client, url: str) -> None:
        try:
            http.get(url).raise_for_status()
        except httpx.HTTPStatusError as error:
            self._failed(str(error.response.status_code))
        except httpx.HTTPError as error:
            self._failed(type(error).__name__)
        else:
            HEARTBEATS.labels("taken").inc()

    def _failed(self, why: str) -> None:
        # never the address: whoever knows it can keep the switch from being noticed
        HEARTBEATS.labels("failed").inc()
        log.warning("the heartbeat service was not reached", error=why)
