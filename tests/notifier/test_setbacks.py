"""Jobs whose receiver fails: what the channel shows in the end."""

from datetime import timedelta

import pytest

from schemas.alert import Status
from schemas.envelope import header
from schemas.ledger import Act
from schemas.topics import DEAD_LETTERS
from services.notifier.domain.errors import (
    LeaseLost,
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
    UnreadableHistory,
)
from services.notifier.domain.ports import Notice
from services.notifier.domain.retry import LOOKUP_PATIENCE
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import SECOND, alert, wire
from tests.notifier.desk import HOLD, RESOLVED, DeliveryDesk


@pytest.fixture
def desk() -> DeliveryDesk:
    return DeliveryDesk()


@pytest.mark.parametrize("faults", range(1, 9))
def test_a_message_not_sent_is_sent_again(desk: DeliveryDesk, faults: int) -> None:
    desk.receiver.faults = [RetryableError("429")] * faults

    desk.queue(alert())
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert desk.receiver.lookups == 0


def test_failures_in_a_row_have_fewer_and_fewer_lines(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [RetryableError("429")] * 9

    desk.queue(alert())
    desk.handle_all()

    assert desk.acts == [*[Act.RETRYING] * 4, Act.NOTIFIED]  # the 1st, 2nd, 4th and 8th


def test_a_doubt_has_a_line_when_it_begins(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [RetryableError("429"), RetryableError("429"), UnknownOutcome("?")]

    desk.queue(alert())
    desk.handle_all()

    assert desk.acts[:3] == [Act.RETRYING, Act.RETRYING, Act.IN_DOUBT]


def test_the_receivers_own_wait_is_kept(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [RateLimited("429", 45 * SECOND)]
    start = desk.clock.now
    desk.queue(alert())

    desk.handle_all()

    assert desk.clock.now >= start + 45 * SECOND


@pytest.mark.parametrize("settled", [True, False], ids=["answered", "no answer"])
@pytest.mark.parametrize("landed", [True, False], ids=["landed", "lost"])
def test_an_unknown_outcome_makes_one_message(
    desk: DeliveryDesk, landed: bool, settled: bool
) -> None:
    desk.receiver.faults = [(UnknownOutcome("?", settled=settled), landed)]

    desk.queue(alert())
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert not desk.receiver.shown["m1"][0].possible_repeat
    assert desk.acts.count(Act.NOTIFIED) == 1
    assert desk.acts[0] is Act.IN_DOUBT


def test_a_message_that_arrives_after_the_time_out_is_found(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [UnknownOutcome("time-out")]
    desk.queue(alert())
    desk.handle_next()
    desk.clock.move(1)
    desk.handle_next()  # lookups, and does not find it yet

    desk.receiver.shown["late"] = [Notice(alert())]
    desk.handle_all()

    assert desk.messages == [["1 firing"]]


def test_the_step_that_adopts_a_message_takes_the_job_off_the_queue(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]

    desk.queue(alert())
    desk.handle_all()

    assert desk.log.steps == ["write", "defer", "finish"]


def test_a_message_found_is_edited_when_there_is_a_newer_revision(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]
    desk.queue(alert())
    desk.handle_next()

    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.messages == [["1 firing", "2 resolved"]]


def test_a_crash_between_answer_and_log_makes_one_message(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [(LeaseLost("the process dies here"), True)]
    desk.queue(alert())
    with pytest.raises(LeaseLost):
        desk.handle_next()
    assert desk.log.claim("slack", desk.clock()) is None

    desk.clock.move(31)
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert desk.receiver.lookups == 1


def test_a_message_that_cannot_be_looked_up_is_sent_again_and_marked(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]
    desk.receiver.find_faults = [UnreadableHistory("missing_scope")]

    desk.queue(alert())
    desk.handle_all()

    notices = [notice[0].possible_repeat for notice in desk.receiver.shown.values()]
    assert notices == [False, True]
    assert desk.acts == [Act.IN_DOUBT, Act.NOTIFIED]
    assert desk.lines[-1].reason.startswith("possible repeat")


def test_the_mark_stays_when_the_message_is_edited(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [UnknownOutcome("?")]
    desk.receiver.find_faults = [UnreadableHistory("missing_scope")]
    desk.queue(alert())
    desk.handle_all()

    for revision in (2, 3):
        desk.queue(alert(revision=revision))
        desk.handle_all()

    assert [notice.possible_repeat for notice in desk.receiver.shown["m1"]] == [True, True, True]


def test_a_failed_lookup_is_retried(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [(UnknownOutcome("?"), True)]
    desk.receiver.find_faults = [RetryableError("503")] * 3

    desk.queue(alert())
    desk.handle_all()

    assert desk.messages == [["1 firing"]]


def test_lookups_that_keep_failing_delay_a_message_for_minutes_only(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [UnknownOutcome("?")]
    desk.receiver.find_faults = [RetryableError("503")] * 500
    start = desk.clock.now

    desk.queue(alert())
    desk.handle_all()

    assert desk.receiver.shown["m1"][0].possible_repeat
    assert desk.clock.now < start + LOOKUP_PATIENCE + 2 * 60 * SECOND
    assert desk.receiver.lookups < 15


def test_a_refusal_is_written_to_ledger_and_dead_letters(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [PermanentRefusal("msg_too_long")] * 2

    desk.queue(alert())
    desk.handle_all()

    dead = [record for record in desk.log.records if record.topic == DEAD_LETTERS]
    assert [line.act for line in desk.lines] == [Act.FAILED]
    assert [(record.value, header(record.headers, "reason")) for record in dead] == [
        (wire(alert()), "msg_too_long")
    ]
    assert header(dead[0].headers, "where") == "notifier:slack"


@pytest.mark.parametrize("refused", [1, 2], ids=["new message", "edit"])
def test_a_message_that_is_refused_is_shown_in_its_short_form(
    desk: DeliveryDesk, refused: int
) -> None:
    desk.receiver.faults = [*[None] * (refused - 1), PermanentRefusal("invalid_blocks")]

    desk.queue(alert())
    desk.handle_all()
    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert [notice.short for notice in desk.receiver.shown["m1"]] == [refused == 1, refused == 2]
    assert Act.FAILED not in desk.acts


def test_after_a_refusal_the_next_revision_is_tried(desk: DeliveryDesk) -> None:
    desk.receiver.faults = [PermanentRefusal("msg_too_long")] * 2
    desk.queue(alert())
    desk.handle_all()

    desk.queue(alert(revision=2))
    desk.handle_all()

    assert desk.messages == [["2 firing"]]


@pytest.mark.parametrize(
    "fault", [ReceiverDown("token_revoked"), UnknownOutcome("503", settled=True)], ids=repr
)
def test_nothing_is_given_up_while_the_receiver_is_down_for_days(
    desk: DeliveryDesk, fault: Exception
) -> None:
    desk.receiver.faults = [fault] * 10_000
    start = desk.clock.now
    desk.queue(alert())
    while desk.clock.now < start + timedelta(days=2):
        desk.clock.now = max(desk.clock.now, min(q.due for q in desk.log.queue.values()))
        desk.handle_next()

    desk.receiver.faults = []
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert Act.FAILED not in desk.acts


def test_a_page_that_arrives_after_its_time_out_is_closed() -> None:
    pager = DeliveryDesk(ReceiverTraits("pagerduty", pages=True, idempotent=True))
    pager.receiver.faults = [UnknownOutcome("time-out")]
    pager.queue(alert())
    pager.handle_next()
    timed_out = pager.clock.now

    pager.queue(alert(revision=2, **RESOLVED))
    pager.handle_all()

    last = list(pager.receiver.shown.values())[-1][-1]
    assert last.alert.status is Status.RESOLVED
    assert pager.clock.now >= timed_out + HOLD
