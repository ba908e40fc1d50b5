"""The joined service: what starts and stops with it."""

from collections.abc import Callable
from dataclasses import dataclass

from services.clock_skew import ClockSkew
from services.notifier.adapters.background_check import BackgroundCheck
from services.notifier.adapters.health import StreamHealth
from services.notifier.adapters.outbox_relay import OutboxRelay
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.adapters.watchdog import TIMEOUT_SECONDS, HeartbeatForwarder
from services.notifier.adapters.worker import Worker
from services.notifier.app.stores import REDIS_SECONDS, NotifierStores, compute_hold
from services.notifier.domain.routing.tree import Routing
from services.notifier.settings import NotifierSettings
from services.telemetry import Health, logger

log = logger(__name__)

OUTBOX_SECONDS = 10
CHECK_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """The joined service, not yet started."""

    settings: NotifierSettings
    stores: NotifierStores
    workers: tuple[Worker, ...]
    relay: OutboxRelay
    rebuilder: Rebuilder
    health: Health
    checks: tuple[BackgroundCheck, ...]
    stream: StreamHealth
    skew: ClockSkew
    watchdog: HeartbeatForwarder
    routing: Callable[[], Routing]

    def start(self) -> None:
        """Start the threads."""
        for check in self.checks:
            check.start()
        self.rebuilder.start()
        for worker in self.workers:
            worker.start()
        self.relay.start()
        self.watchdog.start()

    def wake(self) -> None:
        """Let every worker look at its queue now."""
        wake_all(self.workers)

    def stop(self) -> None:
        """Finish what is in flight, and stop the threads; blocks some seconds at most."""
        for worker in self.workers:
            worker.request_stop()
        for worker in self.workers:
            if not worker.stop(compute_hold(self.settings).total_seconds()):
                log.warning("left in flight: its lease will end", receiver=worker.name)
        self.rebuilder.stop(REDIS_SECONDS)
        self.relay.stop(OUTBOX_SECONDS)
        self.watchdog.stop(TIMEOUT_SECONDS + 1)
        for check in self.checks:
            check.stop(CHECK_SECONDS)


def wake_all(workers: tuple[Worker, ...]) -> None:
    """Let each look at its queue now."""
    for worker in workers:
        worker.wake()
