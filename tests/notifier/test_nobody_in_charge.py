"""What escalates, and opens a pager again, since nobody has it in hand."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Level, Status
from schemas.ledger import Act
from services.notifier.domain.routing.escalation import Escalation, EscalationStep
from services.notifier.domain.routing.matchers import parse_matchers
from services.notifier.domain.routing.tree import Route, Routing
from services.notifier.domain.watch.acknowledgements import take_back
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.silences.hiding import SilenceBook
from tests.notifier.alerts import NOON, alert
from tests.notifier.desk import RESOLVED
from tests.notifier.watch.people import HOUR, MINUTE, silence
from tests.notifier.watched_desk import PAGER, WatchedDesk


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
