"""A higher level or another hypothesis notifies again, whatever the alert is of."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.alert import Alert, Level
from schemas.ledger import Entry
from services.notifier.domain.entry import record_sent
from services.notifier.domain.errors import RateLimited, RetryableError, UnknownOutcome
from services.notifier.domain.group_view import is_alarming
from services.notifier.domain.message import render_reply
from services.notifier.domain.news import is_moved, is_raised
from services.notifier.domain.ports import Notice
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import NOON, alert
from tests.notifier.desk import RESOLVED, DeliveryDesk
from tests.notifier.grouping.group_desk import MINUTE, GroupDesk
from tests.notifier.log_steps import doubted
from tests.notifier.receivers import close_receiver, pager_at
from tests.standins.pagerduty import PagerDutyStandIn

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, idempotent=True, groups=False)
SHOWN = record_sent(Entry(), alert(hypotheses=("mlcoa",)), "m1", NOON)
RISEN = alert(revision=2, level=Level.CRITICAL)


def revise(**changes: Any) -> Alert:
    return alert(**{"revision": 2, "hypotheses": ("mlcoa",), **changes})


@pytest.mark.parametrize(
    ("newer", "raised", "moved"),
    [
        (revise(level=Level.CRITICAL), True, True),
        (revise(hypotheses=("mdcoa-1", "mlcoa")), True, True),
        (revise(level=Level.MEDIUM, hypotheses=("mdcoa-1", "mlcoa")), True, True),
        (revise(level=Level.MEDIUM), False, True),
        (revise(hypotheses=()), False, False),
        (revise(evidence_count=9), False, False),
        (revise(level=Level.CRITICAL, **RESOLVED), False, False),
    ],
    ids=["level", "hypothesis", "both ways", "lower", "hypothesis gone", "evidence", "ended"],
)
def test_a_higher_level_and_another_hypothesis_are_news(
    newer: Alert, raised: bool, moved: bool
) -> None:
    assert (is_raised(SHOWN, newer), is_moved(SHOWN, newer)) == (raised, moved)


def test_what_nobody_sees_cannot_rise() -> None:
    ended = record_sent(Entry(), alert(**RESOLVED), "m1", NOON)

    assert not is_raised(Entry(), RISEN)
    assert not is_raised(ended, RISEN)
    assert not is_raised(doubted(NOON), RISEN)


def test_an_alert_without_hypotheses_gets_its_first() -> None:
    assert is_raised(record_sent(Entry(), alert(), "m1", NOON), revise())


def test_a_rise_is_told_in_the_thread_and_the_channel_and_a_fall_in_the_thread() -> None:
    desk = DeliveryDesk()
    for revision in (alert(), RISEN, alert(revision=3), alert(revision=4, evidence_count=9)):
        desk.queue(revision)
        desk.handle_all()

    assert desk.messages == [["1 firing", "2 firing", "3 firing", "4 firing"]]
    assert [(each.alert.revision, is_alarming(each)) for each in desk.receiver.replies] == [
        (2, True),
        (3, False),
    ]
    assert "CRITICAL · UP from high · Joint march" in render_reply(desk.receiver.replies[0])["text"]


def test_another_hypothesis_is_named() -> None:
    text = render_reply(Notice(revise(hypotheses=("mdcoa-1", "mlcoa")), before=SHOWN))["text"]

    assert "HIGH · ALSO FOR mdcoa-1 · Joint march" in text


def test_in_a_group_the_channel_sees_a_rise_at_the_next_interval() -> None:
    desk = GroupDesk()
    for revision in (alert(level=Level.MEDIUM), alert(revision=2), alert("b", level=Level.MEDIUM)):
        desk.queue(revision)
        desk.handle_until(desk.clock.now + 6 * MINUTE)

    assert desk.told == [["a1 changed"], ["b new"]]
    assert [is_alarming(notice) for notice in desk.receiver.replies] == [True, False]


def test_a_pager_wakes_somebody_again_and_not_for_a_fall() -> None:
    desk = DeliveryDesk(PAGER)
    for revision in (alert(), RISEN, alert(revision=3), alert(revision=4, **RESOLVED)):
        desk.queue(revision)
        desk.handle_all()

    assert [notice.reopens for notice in desk.receiver.history] == [False, True, False, False]


def test_what_rises_below_the_level_of_the_pager_wakes_nobody() -> None:
    desk = DeliveryDesk(PAGER)
    for revision in (alert(), alert(revision=2, level=Level.LOW), revise(revision=3)):
        desk.queue(revision)
        desk.handle_all()
    desk.queue(alert(revision=4, level=Level.LOW, hypotheses=("mlcoa",)))
    desk.handle_all()
    desk.queue(alert(revision=5, level=Level.MEDIUM, hypotheses=("mlcoa",)))
    desk.handle_all()

    woken = [each.alert.revision for each in desk.receiver.history if each.reopens]
    assert woken == [3]


@pytest.mark.parametrize(
    ("fault", "reopens"),
    [
        (RateLimited("429"), [True]),
        (RetryableError("503"), [True]),
        ((UnknownOutcome("no answer"), True), [True, False]),
    ],
    ids=["limited", "not sent", "no answer"],
)
def test_nobody_is_woken_twice_for_one_rise(fault: Any, reopens: list[bool]) -> None:
    desk = DeliveryDesk(PAGER)
    desk.queue(alert())
    desk.handle_all()
    desk.receiver.faults = [fault]
    desk.queue(RISEN)
    desk.handle_all()

    assert [notice.reopens for notice in desk.receiver.history[1:]] == reopens


@pytest.fixture
def pagerduty() -> Iterator[PagerDutyStandIn]:
    with PagerDutyStandIn() as standin:
        yield standin


def test_pagerduty_opens_a_new_incident_with_the_higher_severity(
    pagerduty: PagerDutyStandIn,
) -> None:
    receiver = pager_at(pagerduty.url)
    receiver.send(Notice(alert()))
    before = record_sent(Entry(), alert(), "a1", NOON)
    receiver.edit("a1", Notice(RISEN, before=before, reopens=True))
    close_receiver(receiver)

    assert [incident.status for incident in pagerduty.incidents] == ["resolved", "triggered"]
