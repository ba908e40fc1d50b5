"""What a receiver gets of alerts whose route is muted, and what the ledger says of it."""

from datetime import timedelta

from schemas.alert import Level
from schemas.ledger import Act
from services.notifier.domain.decisions import Reason
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.desk import RESOLVED
from tests.notifier.muted_desk import muted_desk

EVENING = NOON.replace(hour=18)


def test_an_alert_is_shown_when_the_mute_ends() -> None:
    desk = muted_desk()
    desk.queue(alert())

    desk.handle_all()

    assert desk.clock.now == EVENING
    assert desk.messages == [["1 firing"]]


def test_the_ledger_names_the_mute_in_fewer_and_fewer_lines() -> None:
    desk = muted_desk()
    desk.queue(alert())

    desk.handle_all()

    assert desk.acts == [*[Act.DEFERRED] * 5, Act.NOTIFIED]
    assert {line.reason for line in desk.lines[:-1]} == {Reason.MUTED}


def test_a_newer_revision_replaces_the_one_that_waits() -> None:
    desk = muted_desk()
    desk.queue(alert())
    desk.handle_next()
    desk.queue(alert(revision=2))

    desk.handle_all()

    assert desk.messages == [["2 firing"]]


def test_what_ended_before_anybody_saw_it_is_passed_over() -> None:
    desk = muted_desk()
    desk.queue(alert())
    desk.handle_next()
    desk.queue(alert(revision=2, **RESOLVED))

    desk.handle_all()

    assert desk.messages == []
    assert (desk.acts[-1], desk.lines[-1].reason) == (Act.HELD_BACK, Reason.ENDED_MUTED)


def test_the_end_of_what_people_see_is_shown_at_once() -> None:
    desk = muted_desk()
    desk.clock.now = NOON - SECOND
    desk.queue(alert())
    desk.handle_next()
    desk.clock.now = NOON
    desk.queue(alert(revision=2, **RESOLVED))

    desk.handle_next()

    assert desk.messages == [["1 firing", "2 resolved"]]


def test_a_mute_that_is_lifted_lets_the_alert_through_a_quarter_later() -> None:
    desk = muted_desk()
    desk.queue(alert())
    desk.handle_next()
    desk.routing = muted_desk("level=low").routing

    desk.handle_all()

    assert desk.clock.now == NOON + timedelta(minutes=15)
    assert desk.messages == [["1 firing"]]


def test_an_alert_of_another_route_is_not_muted() -> None:
    desk = muted_desk()
    desk.queue(alert(level=Level.CRITICAL))

    desk.handle_next()

    assert desk.messages == [["1 firing"]]
