"""Groups whose receiver fails: what the channel shows in the end."""

from schemas.alert import Level
from services.notifier.domain.errors import RetryableError, UnknownOutcome
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.grouping.group_desk import GroupDesk


def test_a_message_with_an_unknown_outcome_is_found_and_not_sent_again() -> None:
    desk = GroupDesk()
    desk.receiver.faults = [(UnknownOutcome("no answer"), True)]
    desk.queue(alert("a"), alert("b"))

    desk.handle_all()

    assert len(desk.shown) == 1
    assert desk.told == []
    assert desk.lines[-1].entry is not None


def test_a_reply_with_an_unknown_outcome_is_told_once() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_all()
    desk.receiver.faults = [None, (UnknownOutcome("no answer"), True)]
    desk.queue(alert("b"))

    desk.handle_all()

    assert desk.told == [["b new"]]
    assert desk.shown == [[["a"], ["a", "b"], ["a", "b"]]]


def test_what_comes_while_an_outcome_is_unknown_is_told_afterwards() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_all()
    desk.receiver.faults = [None, (UnknownOutcome("no answer"), True)]
    desk.queue(alert("b", level=Level.CRITICAL))
    desk.handle_next()
    desk.clock.move(0.1)
    desk.queue(alert("c", level=Level.CRITICAL))

    desk.handle_all()

    assert desk.told == [["b new"], ["c new"]]


def test_a_failure_is_retried_with_all_that_came() -> None:
    desk = GroupDesk()
    desk.receiver.faults = [RetryableError("503")]
    desk.queue(alert("a"))
    desk.handle_until(NOON + 30 * SECOND)
    desk.queue(alert("b"))

    desk.handle_all()

    assert desk.shown == [[["a", "b"]]]
