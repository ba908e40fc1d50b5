"""A desk at which people silence and acknowledge."""

from datetime import timedelta
from typing import Any

from schemas.alert import Alert, Level
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.watch.acknowledgements import (
    AcknowledgementRequest,
    acknowledge_alert,
)
from services.notifier.domain.watch.acts import PeopleActs, select_holding
from services.notifier.domain.watch.silences.hiding import SilenceBook
from tests.notifier.alerts import NOON, alert, job
from tests.notifier.desk import DeliveryDesk
from tests.notifier.watch.people import ALICE

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, idempotent=True)
CHANNEL = ReceiverTraits("slack")


class WatchedDesk(DeliveryDesk):
    """A desk whose silences and acknowledgements the test sets."""

    def __init__(self, traits: ReceiverTraits = CHANNEL) -> None:
        super().__init__(traits)
        self.silences = SilenceBook()
        self.known: Any = None
        self.alert: Alert = alert()
        self.read_acts = self._read

    def show(self, shown: Alert) -> None:
        """Queue the revision and handle what is due now."""
        self.alert = shown
        self.queue(shown)
        self.handle_due()

    def acknowledge(self) -> None:
        """Alice has it in hand, and the alert is decided again."""
        request = AcknowledgementRequest()
        self.known = acknowledge_alert(self.alert, ALICE, request, None, self.clock())
        self.touch()

    def touch(self) -> None:
        self.log.queue_up((self.receiver.traits.name, "a1"), job(self.alert), self.clock())
        self.handle_due()

    def handle_due(self) -> None:
        for _ in range(10):
            claim = self.log.claim(self.receiver.traits.name, self.clock())
            if claim is None:
                return
            self.handler.handle(claim)

    def move(self, span: timedelta) -> None:
        self.clock.move(span.total_seconds())
        self.handle_due()

    @property
    def reasons(self) -> list[str]:
        return [line.reason for line in self.lines]

    def _read(self, since: Any, now: Any) -> PeopleActs:
        hold = self.silences.find_hold(label_alert(self.alert), since, now)
        returned_by = None if self.known is None else self.known.ended_by
        holding = select_holding(self.known, self.alert, now)
        return PeopleActs(hold, holding, NOON, returned_by)
