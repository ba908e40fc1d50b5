"""What silences, acknowledgements and escalations do to the jobs of a receiver."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Act
from services.notifier.domain.routing.escalation import Escalation, EscalationStep
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.matchers import parse_matchers
from services.notifier.domain.routing.tree import Route, Routing
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.watch.acknowledgements import (
    AcknowledgementRequest,
    acknowledge_alert,
    take_back,
)
from services.notifier.domain.watch.acts import PeopleActs, select_holding
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.silences.hiding import SilenceBook
from tests.notifier.alerts import NOON, alert, job
from tests.notifier.desk import RESOLVED, DeliveryDesk
from tests.notifier.watch.people import ALICE, HOUR, MINUTE, silence

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, idempotent=True)
CHANNEL = ReceiverTraits("slack")
BOTH = pytest.mark.parametrize("traits", [CHANNEL, PAGER], ids=["channel", "pager"])
CRITICAL: dict[str, Any] = {"level": Level.CRITICAL}


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


@BOTH
def test_a_silenced_alert_is_sent_when_the_silence_ends(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.silences = SilenceBook.compile([silence()])

    desk.show(alert())
    desk.move(HOUR - MINUTE)
    hidden = desk.messages
    desk.move(MINUTE)

    assert hidden == []
    assert desk.messages == [["1 firing"]]
    assert desk.reasons[0] == "hidden by a silence: silence s1 of alice: maintenance"


@pytest.mark.parametrize(
    ("traits", "messages"),
    [(CHANNEL, [["2 resolved"]]), (PAGER, [])],
    ids=["channel", "pager"],
)
def test_what_ended_silenced_is_told_when_the_silence_ends_and_pages_nobody(
    traits: ReceiverTraits, messages: list[list[str]]
) -> None:
    desk = WatchedDesk(traits)
    desk.silences = SilenceBook.compile([silence()])

    desk.show(alert())
    desk.show(alert(revision=2, **RESOLVED))
    hidden = desk.messages
    desk.move(HOUR)

    assert (hidden, desk.messages) == ([], messages)


@BOTH
def test_the_end_of_what_people_see_is_shown_though_it_is_silenced(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.silences = SilenceBook.compile([silence()])

    desk.show(alert(revision=2, level=Level.HIGH, uncorroborated=True))
    desk.show(alert(revision=3, **RESOLVED))

    assert desk.messages == [["1 firing", "3 resolved"]]


def test_one_person_hides_a_critical_alert_for_30_minutes() -> None:
    desk = WatchedDesk(PAGER)
    desk.silences = SilenceBook.compile(
        [
            silence(id=f"s{part}", matchers=('level="critical"',), starts_at=start, ends_at=end)
            for part, (start, end) in enumerate(
                [(NOON, NOON + 20 * MINUTE), (NOON + 20 * MINUTE, NOON + 50 * MINUTE)]
            )
        ]
    )

    desk.show(alert(**CRITICAL))
    desk.move(20 * MINUTE)
    desk.move(9 * MINUTE)
    hidden = desk.messages
    desk.move(MINUTE)

    assert (hidden, desk.messages) == ([], [["1 firing"]])


@BOTH
def test_an_acknowledgement_is_shown_once(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())

    desk.acknowledge()
    desk.touch()

    [notices] = desk.receiver.shown.values()
    assert [notice.in_hand for notice in notices] == [None, "alice until 16:00Z"]
    assert desk.acts_of(Act.EDITED) == ["acknowledged"]


@pytest.mark.parametrize(("traits", "count"), [(CHANNEL, 3), (PAGER, 2)], ids=["channel", "pager"])
def test_changes_of_what_is_in_hand_go_quietly(traits: ReceiverTraits, count: int) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert(uncorroborated=True))
    desk.acknowledge()

    desk.show(alert(revision=2))

    [notices] = desk.receiver.shown.values()
    assert len(notices) == count


@BOTH
@pytest.mark.parametrize(
    "changes", [CRITICAL, {"hypotheses": ("campaign",)}], ids=["higher", "hypothesis"]
)
def test_news_is_notified_though_it_was_acknowledged(
    traits: ReceiverTraits, changes: dict[str, Any]
) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.acknowledge()

    desk.show(alert(revision=2, **changes))

    [notices] = desk.receiver.shown.values()
    assert [notice.in_hand for notice in notices][-1] is None
    assert notices[-1].alert.revision == 2


@BOTH
def test_the_end_of_what_is_in_hand_is_shown(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.acknowledge()

    desk.show(alert(revision=2, **RESOLVED))

    assert desk.messages[0][-1] == "2 resolved"


@BOTH
def test_when_an_acknowledgement_ends_the_alert_is_in_nobodys_hands(
    traits: ReceiverTraits,
) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.acknowledge()

    desk.move(4 * HOUR)

    [notices] = desk.receiver.shown.values()
    assert [notice.in_hand for notice in notices] == [None, "alice until 16:00Z", None]
    assert desk.log.queue == {}


def test_what_is_in_hand_pages_nobody_else() -> None:
    desk = WatchedDesk(PAGER)
    desk.known = acknowledge_alert(alert(), ALICE, AcknowledgementRequest(), None, NOON)

    desk.show(alert())
    hidden = desk.messages
    desk.move(4 * HOUR)

    assert (hidden, desk.messages) == ([], [["1 firing"]])


class EscalatingDesk(WatchedDesk):
    """A pager that gets high alerts after ten minutes, and by no route."""

    def __init__(self) -> None:
        super().__init__(PAGER)
        steps = (EscalationStep("pagerduty", 10 * MINUTE), EscalationStep("slack-duty", HOUR))
        policy = Escalation("r", parse_matchers('level=~"high|critical"'), steps)
        root = Route("r", "slack")
        self.routing = Routing(root, ("slack", "pagerduty"), escalations=(policy,))


def test_what_nobody_acknowledges_escalates() -> None:
    desk = EscalatingDesk()
    desk.show(alert())

    desk.move(10 * MINUTE - timedelta(seconds=1))
    before = desk.messages
    desk.move(timedelta(seconds=1))

    assert (before, desk.messages) == ([], [["1 firing"]])
    assert desk.acts_of(Act.NOTIFIED) == ["escalated: nobody has acknowledged it"]


def test_what_is_acknowledged_escalates_when_nobody_has_it_in_hand_any_more() -> None:
    desk = EscalatingDesk()
    desk.show(alert())
    desk.move(5 * MINUTE)
    desk.acknowledge()

    desk.move(4 * HOUR - timedelta(seconds=1))
    before = desk.messages
    desk.move(timedelta(seconds=1))

    assert (before, desk.messages) == ([], [["1 firing"]])


@pytest.mark.parametrize(
    "changes",
    [RESOLVED, {"status": Status.WITHDRAWN}, {"level": Level.LOW}],
    ids=["resolved", "withdrawn", "a lower level"],
)
def test_what_is_over_before_does_not_escalate(changes: dict[str, Any]) -> None:
    desk = EscalatingDesk()
    desk.show(alert())

    desk.show(alert(revision=2, **changes))
    desk.move(HOUR)

    assert desk.messages == []
    assert desk.log.queue == {}


def test_a_pager_is_opened_again_once_nobody_has_it_in_hand() -> None:
    desk = WatchedDesk(PAGER)
    desk.show(alert())
    desk.acknowledge()
    desk.clock.move(4 * 3600)
    desk.handle_due()

    assert [notice.reopens for notice in desk.receiver.history] == [False, False, True]


def test_what_the_pager_let_go_itself_is_not_opened_again() -> None:
    desk = WatchedDesk(PAGER)
    desk.show(alert())
    desk.acknowledge()
    desk.known = take_back(desk.known, Person("PagerDuty", Role.ADMIN), desk.clock())
    desk.clock.move(4 * 3600)
    desk.handle_due()

    assert [notice.reopens for notice in desk.receiver.history] == [False, False, False]


def test_what_another_pager_let_go_is_opened_again_here() -> None:
    desk = WatchedDesk(PAGER)
    desk.show(alert())
    desk.acknowledge()
    desk.known = take_back(desk.known, Person("Opsgenie", Role.ADMIN), desk.clock())
    desk.clock.move(4 * 3600)
    desk.handle_due()

    assert [notice.reopens for notice in desk.receiver.history] == [False, False, True]


def test_what_the_pager_would_not_take_any_more_wakes_nobody() -> None:
    desk = WatchedDesk(PAGER)
    desk.show(alert())
    desk.acknowledge()
    desk.show(alert(revision=2, level=Level.MEDIUM))
    desk.clock.move(4 * 3600)
    desk.handle_due()

    assert not any(notice.reopens for notice in desk.receiver.history)


def test_what_is_silenced_is_opened_again_when_the_silence_ends() -> None:
    desk = WatchedDesk(PAGER)
    desk.show(alert())
    desk.acknowledge()
    desk.silences = SilenceBook.compile([silence(ends_at=NOON + 5 * HOUR)])
    desk.clock.move(4 * 3600)
    desk.handle_due()
    silent = [notice.reopens for notice in desk.receiver.history]
    desk.clock.move(3600)
    desk.handle_due()

    assert silent == [False, False]
    assert [notice.reopens for notice in desk.receiver.history][2:] == [True]
