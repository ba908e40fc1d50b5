"""A notifier whose log may be lost, with a pager that keys incidents as PagerDuty does."""

from itertools import pairwise

from schemas.alert import Alert, Level, Status
from schemas.ledger import LedgerLine
from schemas.topics import LEDGER
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.domain.ports import Job, Notice, OutboxRecord
from services.notifier.domain.traits import ReceiverTraits
from tests.fakes import FakeReceiver
from tests.notifier.alerts import job
from tests.notifier.desk import HOLD, DeliveryDesk
from tests.notifier.fakes import FakeHistory, FakeLostLog

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)


class FakePager(FakeReceiver):
    """Keys an incident by its alert, as PagerDuty does."""

    def send(self, notice: Notice) -> str:
        self._show(notice.alert.id, notice)
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        del handle  # the alert says it
        return self.send(notice)

    @property
    def opened(self) -> dict[str, int]:
        """How many incidents were opened for each alert."""
        return {alert_id: self._count(notices) for alert_id, notices in self.shown.items()}

    def _count(self, notices: list[Notice]) -> int:
        firing = [False, *(notice.alert.status is Status.FIRING for notice in notices)]
        return sum(now and not before for before, now in pairwise(firing))


class LosingDesk(DeliveryDesk):
    """A desk whose log may be lost; Kafka keeps all but the newest records."""

    def __init__(self, traits: ReceiverTraits | None = None) -> None:
        super().__init__(traits, FakePager(traits) if traits else None)
        self.history = FakeHistory()
        self.lost = FakeLostLog(self.log)
        self.notes: dict[str, str] = {}
        self.regained: list[LedgerLine] = []
        self.stored: list[Job] = []
        self.rebuilder = Rebuilder(
            self.lost,
            self.history,
            [self.receiver.traits],
            HOLD,
            self.clock,
            self.notes,
            self.count_rebuild,
            lambda: self.routing,
            self.firing,
            self.regained.extend,
            self.stored.extend,
        )
        self.rebuilt = 0

    def count_rebuild(self) -> None:
        self.rebuilt += 1

    def queue(self, *alerts: Alert) -> None:
        """As a notifier does: read from Kafka, queued, committed."""
        self.history.recorded += [(job(revision), self.clock()) for revision in alerts]
        super().queue(*alerts)
        self.history.committed = len(self.history.recorded)

    def relay(self, but: int = 0) -> None:
        """Move the outbox to Kafka, but for the newest records."""
        records = self.log.records
        taken = [records.pop(0) for _ in range(max(0, len(records) - but))]
        self.history.ledger += decode_lines(taken)

    def lose(self, undelivered: int = 0) -> None:
        self.relay(undelivered)
        self.log.lose_all()

    @property
    def pager(self) -> FakePager:
        assert isinstance(self.receiver, FakePager)
        return self.receiver


def decode_lines(records: list[OutboxRecord]) -> list[LedgerLine]:
    return [
        LedgerLine.model_validate_json(record.value) for record in records if record.topic == LEDGER
    ]
