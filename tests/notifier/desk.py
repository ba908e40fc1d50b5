"""A receiver with its log and clock, for tests of its jobs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.alert import Alert, Status
from schemas.ledger import Act, LedgerLine
from schemas.topics import LEDGER
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.domain.routing.default_routes import make_default_routing
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.watch.acts import NO_ACTS, PeopleActs
from tests.fake_log import FakeLog
from tests.fakes import FakeClock, FakeFiring, FakeOutbox, FakeReceiver
from tests.notifier.alerts import SECOND, job

HOLD = 30 * SECOND
RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}


class DeliveryDesk:
    """A receiver, its log, and a clock that jumps to whatever is due next."""

    def __init__(
        self, traits: ReceiverTraits | None = None, receiver: FakeReceiver | None = None
    ) -> None:
        self.clock = FakeClock()
        self.receiver = receiver or FakeReceiver(traits or ReceiverTraits("slack"))
        self.log = FakeLog(self.clock, HOLD)
        self.outbox = FakeOutbox()
        self.routing = make_default_routing([self.receiver.traits.name])
        self.firing = FakeFiring()
        self.read_acts: Callable[[datetime, datetime], PeopleActs] = lambda _since, _now: NO_ACTS
        self.monitored = MonitoredReceiver(self.receiver, self.clock)
        delivery = Delivery(
            self.monitored,
            self.receiver.traits,
            self.log,
            HOLD,
            self.clock,
            lambda: 0.0,
            lambda: self.routing,
            self.firing,
            lambda asked, now: [self.read_acts(since, now) for _, since in asked],
        )
        self.handler = JobHandler(delivery)

    def queue(self, *alerts: Alert) -> None:
        """Queue the revisions."""
        name = self.receiver.traits.name
        self.log.put([job(revision) for revision in alerts], [name], self.clock())

    def handle_next(self) -> None:
        claim = self.log.claim(self.receiver.traits.name, self.clock())
        assert claim is not None
        self.handler.handle(claim)

    def handle_all(self) -> None:
        """Handle every job but those that wait to be repeated, each when it is due."""
        for _ in range(1000):
            waiting = [queued.due for queued in self.log.queue.values() if not queued.is_idle]
            if not waiting:
                return
            self.clock.now = max(self.clock.now, min(waiting))
            self.handle_next()
        raise AssertionError("never idle")

    @property
    def messages(self) -> list[list[str]]:
        """The revisions that each message showed, in order."""
        return [
            [f"{notice.alert.revision} {notice.alert.status}" for notice in notices]
            for notices in self.receiver.shown.values()
        ]

    @property
    def acts(self) -> list[Act]:
        """The acts in the ledger, in order."""
        return [line.act for line in self.lines]

    @property
    def lines(self) -> list[LedgerLine]:
        lines = [record for record in self.log.records if record.topic == LEDGER]
        return [LedgerLine.model_validate_json(line.value) for line in lines]

    def acts_of(self, act: Act) -> list[str]:
        """The reasons of each such act in the ledger."""
        return [line.reason for line in self.lines if line.act is act]
