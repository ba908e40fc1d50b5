"""One job through its steps, faults and all: what the channel shows in the end."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.envelope import header
from schemas.ledger import Act, LedgerLine
from schemas.topics import DEAD_LETTERS, LEDGER
from services.notifier.adapters.attendant import Attendant
from services.notifier.adapters.delivery import Delivery
from services.notifier.domain.decide import Facts
from services.notifier.domain.errors import (
    HandleLost,
    LeaseLost,
    PermanentRefusal,
    RetryableError,
    UnknownOutcome,
    Unreadable,
)
from services.notifier.domain.ports import Notice
from services.notifier.domain.retry import DEADLINE, LOOKING
from tests.fakes import FakeClock, FakeLog, FakeReceiver
from tests.notifier.alerts import SECOND, alert, job, wire

PAGER = Facts("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)
HOLD = 30 * SECOND
RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}


class Desk:
    """A receiver, its log, and a clock that jumps to whatever is due next."""

    def __init__(self, facts: Facts | None = None) -> None:
        self.clock = FakeClock()
        self.receiver = FakeReceiver(facts or Facts("slack"))
        self.log = FakeLog(self.clock, HOLD)
        delivery = Delivery(
            self.receiver, self.receiver.facts, self.log, HOLD, self.clock, lambda: 0.0
        )
        self.attendant = Attendant(delivery)

    def take(self, *alerts: Alert) -> None:
        """Queue the alerts, each before the next is attended to."""
        name = self.receiver.facts.name
        self.log.put([job(one) for one in alerts], [name], self.clock())

    def turn(self) -> timedelta | None:
        claim = self.log.claim(self.receiver.facts.name, self.clock())
        assert claim is not None
        return self.attendant.attend(claim)

    def until_idle(self) -> None:
        """Attend to all, waiting for what is due later."""
        for _ in range(1000):
            if not self.log.queue:
                return
            self.clock.now = max(self.clock.now, min(q.due for q in self.log.queue.values()))
            self.turn()
        raise AssertionError("never idle")

    @property
    def messages(self) -> list[list[str]]:
        """For each message what it showed, one revision after the other."""
        return [
            [f"{one.alert.revision} {one.alert.status}" for one in notices]
            for notices in self.receiver.shown.values()
        ]

    @property
    def lines(self) -> list[LedgerLine]:
        told = [one for one in self.log.letters if one.topic == LEDGER]
        return [LedgerLine.model_validate_json(one.value) for one in told]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def pager() -> Desk:
    return Desk(PAGER)


def test_an_alert_is_one_message_and_one_line(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()

    assert desk.messages == [["1 firing"]]
    assert [(line.act, line.revision, line.receiver) for line in desk.lines] == [
        (Act.NOTIFIED, 1, "slack")
    ]


def test_a_repeat_changes_nothing(desk: Desk) -> None:
    for _ in range(3):
        desk.take(alert())
        desk.until_idle()

    assert desk.messages == [["1 firing"]]
    assert len(desk.lines) == 1


def test_an_end_edits_the_message(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()
    desk.take(alert(revision=2, **RESOLVED))
    desk.until_idle()

    assert desk.messages == [["1 firing", "2 resolved"]]
    assert [line.act for line in desk.lines] == [Act.NOTIFIED, Act.RESOLVED]


def test_a_newer_revision_replaces_a_queued_one(desk: Desk) -> None:
    desk.take(alert(), alert(revision=2), alert(revision=3, **RESOLVED))
    desk.until_idle()

    assert desk.messages == [["3 resolved"]]


def test_a_lower_revision_is_never_sent(desk: Desk) -> None:
    desk.take(alert(revision=2, **RESOLVED))
    desk.until_idle()
    desk.take(alert())
    desk.until_idle()

    assert desk.messages == [["2 resolved"]]


def test_evidence_alone_goes_out_every_ten_seconds_at_most(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()
    start = desk.clock.now
    for revision in range(2, 30):
        desk.clock.move(1)
        desk.take(alert(revision=revision))
        while desk.log.claim("slack", desk.clock()) is not None:
            desk.log.leases.clear()
            desk.turn()
    desk.until_idle()

    (shown,) = desk.messages
    assert shown[-1] == "29 firing"
    assert len(shown) - 1 <= (desk.clock.now - start).total_seconds() // 10


def test_an_end_does_not_wait_behind_evidence(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()
    desk.take(alert(revision=2))
    desk.turn()

    desk.take(alert(revision=3, **RESOLVED))
    desk.turn()

    assert desk.messages == [["1 firing", "3 resolved"]]


@pytest.mark.parametrize("faults", range(1, 9))
def test_what_was_not_sent_is_sent_again(desk: Desk, faults: int) -> None:
    desk.receiver.faults = [RetryableError("429")] * faults

    desk.take(alert())
    desk.until_idle()

    assert desk.messages == [["1 firing"]]
    assert desk.receiver.looks == 0


def test_the_receivers_own_wait_is_kept(desk: Desk) -> None:
    desk.receiver.faults = [RetryableError("429", 45 * SECOND)]
    start = desk.clock.now
    desk.take(alert())

    asked = desk.turn()
    desk.until_idle()

    assert asked == 45 * SECOND
    assert desk.clock.now >= start + 45 * SECOND


@pytest.mark.parametrize("settled", [True, False], ids=["answered", "no answer"])
@pytest.mark.parametrize("landed", [True, False], ids=["landed", "lost"])
def test_an_unknown_outcome_makes_one_message(desk: Desk, landed: bool, settled: bool) -> None:
    desk.receiver.faults = [(UnknownOutcome("?", settled=settled), landed)]

    desk.take(alert())
    desk.until_idle()

    assert desk.messages == [["1 firing"]]
    assert not desk.receiver.shown["m1"][0].possible_repeat
    assert len(desk.lines) == 1


def test_what_lands_after_the_time_out_is_found(desk: Desk) -> None:
    desk.receiver.faults = [UnknownOutcome("time-out")]
    desk.take(alert())
    desk.turn()
    desk.clock.move(1)
    desk.turn()  # looks, and does not find it yet

    desk.receiver.shown["late"] = [Notice(alert())]
    desk.until_idle()

    assert desk.messages == [["1 firing"]]


def test_a_message_found_is_edited_when_there_is_a_newer_revision(desk: Desk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]
    desk.take(alert())
    desk.turn()

    desk.take(alert(revision=2, **RESOLVED))
    desk.until_idle()

    assert desk.messages == [["1 firing", "2 resolved"]]


def test_a_crash_between_answer_and_log_makes_one_message(desk: Desk) -> None:
    desk.receiver.faults = [(LeaseLost("the process dies here"), True)]
    desk.take(alert())
    with pytest.raises(LeaseLost):
        desk.turn()
    assert desk.log.claim("slack", desk.clock()) is None

    desk.clock.move(31)
    desk.until_idle()

    assert desk.messages == [["1 firing"]]
    assert desk.receiver.looks == 1


def test_what_cannot_be_looked_up_is_sent_again_and_marked(desk: Desk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]
    desk.receiver.find_faults = [Unreadable("missing_scope")]

    desk.take(alert())
    desk.until_idle()

    notices = [one[0].possible_repeat for one in desk.receiver.shown.values()]
    assert notices == [False, True]
    assert desk.lines[0].reason.startswith("possible repeat")


def test_the_mark_stays_when_the_message_is_edited(desk: Desk) -> None:
    desk.receiver.faults = [UnknownOutcome("?")]
    desk.receiver.find_faults = [Unreadable("missing_scope")]
    desk.take(alert())
    desk.until_idle()

    for revision in (2, 3):
        desk.take(alert(revision=revision))
        desk.until_idle()

    assert [one.possible_repeat for one in desk.receiver.shown["m1"]] == [True, True, True]


def test_a_history_that_is_out_of_order_is_asked_again(desk: Desk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]
    desk.receiver.find_faults = [RetryableError("503")] * 3

    desk.take(alert())
    desk.until_idle()

    assert desk.messages == [["1 firing"]]


def test_a_history_that_stays_out_of_order_delays_for_minutes_only(desk: Desk) -> None:
    desk.receiver.faults = [UnknownOutcome("?")]
    desk.receiver.find_faults = [RetryableError("503")] * 500
    start = desk.clock.now

    desk.take(alert())
    desk.until_idle()

    assert desk.receiver.shown["m1"][0].possible_repeat
    assert desk.clock.now < start + LOOKING + 2 * 60 * SECOND
    assert desk.receiver.looks < 15


def test_a_refusal_is_told_to_ledger_and_dead_letters(desk: Desk) -> None:
    desk.receiver.faults = [PermanentRefusal("channel_not_found")]

    desk.take(alert())
    desk.until_idle()

    dead = [one for one in desk.log.letters if one.topic == DEAD_LETTERS]
    assert [line.act for line in desk.lines] == [Act.FAILED]
    assert [(one.value, header(one.headers, "reason")) for one in dead] == [
        (wire(alert()), "channel_not_found")
    ]
    assert header(dead[0].headers, "where") == "notifier:slack"


def test_after_a_refusal_the_next_revision_is_tried(desk: Desk) -> None:
    desk.receiver.faults = [PermanentRefusal("channel_not_found")]
    desk.take(alert())
    desk.until_idle()

    desk.take(alert(revision=2))
    desk.until_idle()

    assert desk.messages == [["2 firing"]]


def test_what_never_succeeds_is_given_up_after_a_day(desk: Desk) -> None:
    desk.receiver.faults = [RetryableError("503")] * 100_000
    start = desk.clock.now

    desk.take(alert())
    for _ in range(3000):
        if desk.log.queue:
            desk.clock.now = max(desk.clock.now, min(q.due for q in desk.log.queue.values()))
            desk.turn()

    assert desk.lines[-1].act is Act.FAILED
    assert desk.lines[-1].reason.startswith("gave up after")
    assert start + DEADLINE <= desk.clock.now < start + DEADLINE + 2 * 60 * SECOND


def test_a_lost_message_is_replaced_by_one_new_one_for_an_end(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()
    desk.receiver.faults = [HandleLost("message_not_found")]

    desk.take(alert(revision=2, **RESOLVED))
    desk.until_idle()

    assert desk.messages == [["1 firing"], ["2 resolved"]]


def test_a_lost_message_whose_successor_is_in_doubt_is_looked_for(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()
    del desk.receiver.shown["m1"]
    desk.receiver.faults = [HandleLost("message_not_found"), (UnknownOutcome("?"), True)]

    desk.take(alert(revision=2, **RESOLVED))
    desk.until_idle()

    assert desk.messages == [["2 resolved"]]


def test_a_lost_message_is_not_replaced_for_mere_evidence(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()
    desk.clock.move(60)
    desk.receiver.faults = [HandleLost("message_not_found")]

    desk.take(alert(revision=2))
    desk.until_idle()

    assert desk.messages == [["1 firing"]]


def test_a_revision_queued_during_a_send_follows_at_once(desk: Desk) -> None:
    desk.take(alert())
    claim = desk.log.claim("slack", desk.clock())
    assert claim is not None
    desk.take(alert(revision=2, **RESOLVED))

    desk.attendant.attend(claim)
    desk.turn()

    assert desk.messages == [["1 firing", "2 resolved"]]
    assert not desk.log.queue


def test_a_pager_is_told_of_an_end_only_after_a_beginning(pager: Desk) -> None:
    pager.take(alert(revision=2, **RESOLVED))
    pager.until_idle()

    assert [shown for one in pager.messages for shown in one] == ["2 firing", "2 resolved"]
    assert [line.act for line in pager.lines] == [Act.NOTIFIED, Act.RESOLVED]


def test_a_pager_that_fails_between_the_two_is_not_told_of_the_beginning_again(
    pager: Desk,
) -> None:
    pager.receiver.faults = [None, RetryableError("429"), UnknownOutcome("?"), None]

    pager.take(alert(revision=2, **RESOLVED))
    pager.until_idle()

    assert [shown for one in pager.messages for shown in one] == ["2 firing", "2 resolved"]


def test_a_page_in_doubt_is_repeated_under_the_same_key_and_never_looked_up(pager: Desk) -> None:
    pager.receiver.faults = [(UnknownOutcome("?"), True)]

    pager.take(alert())
    pager.until_idle()

    assert [shown for one in pager.messages for shown in one] == ["1 firing", "1 firing"]
    assert pager.receiver.looks == 0


def test_a_redelivered_older_revision_does_not_page_after_one_was_passed_over(
    pager: Desk,
) -> None:
    pager.take(alert(), alert(revision=2, level=Level.MEDIUM))
    pager.until_idle()

    pager.take(alert())
    pager.until_idle()

    assert pager.messages == []


def test_two_desks_with_one_log_make_one_message(desk: Desk) -> None:
    other = Desk()
    other.clock, other.log = desk.clock, desk.log
    other.attendant = Attendant(
        replace(other.attendant.delivery, notifications=desk.log, clock=desk.clock)
    )
    desk.take(alert())
    claim = desk.log.claim("slack", desk.clock())
    assert claim is not None

    assert other.log.claim("slack", desk.clock()) is None
    desk.attendant.attend(claim)

    assert desk.messages == [["1 firing"]]
    assert other.messages == []


def test_a_ledger_line_has_the_same_id_when_it_is_written_twice(desk: Desk) -> None:
    desk.take(alert())
    desk.until_idle()

    assert header(desk.log.letters[0].headers, "ce_id") == "a1/1/slack/notified"
    assert json.loads(desk.log.letters[0].value)["reason"] == "first notification"
