"""When the states of a partition are due, and what each has seen."""

from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.schedule import Schedule
from tests.matcher.builders import HOUR, NOON

A, B = StateKey(StateKind.SOURCE, b"a"), StateKey(StateKind.SOURCE, b"b")


def test_a_key_is_due_once_when_its_time_has_come() -> None:
    schedule = Schedule()
    schedule.note(A, NOON, 1)
    schedule.note(B, NOON + HOUR, 2)

    assert list(schedule.pop(NOON)) == [A]
    assert list(schedule.pop(NOON)) == []
    assert list(schedule.pop(NOON + HOUR)) == [B]


def test_only_the_last_time_noted_for_a_key_counts() -> None:
    schedule = Schedule()
    schedule.note(A, NOON, 1)
    schedule.note(A, NOON + 2 * HOUR, 2)

    assert list(schedule.pop(NOON + HOUR)) == []
    assert list(schedule.pop(NOON + 2 * HOUR)) == [A]


def test_a_key_noted_without_a_time_or_dropped_is_never_due() -> None:
    schedule = Schedule()
    schedule.note(A, NOON, 1)
    schedule.note(A, None, 2)
    schedule.note(B, NOON, 3)
    schedule.drop(B)

    assert list(schedule.pop(NOON + HOUR)) == []


def test_the_states_that_have_seen_a_message_are_known_until_they_are_dropped() -> None:
    schedule = Schedule()
    schedule.note(A, None, 4)
    schedule.note(B, None, 7)

    assert set(schedule.not_before(4)) == {A, B}
    assert schedule.not_before(5) == (B,)
    assert schedule.not_before(8) == ()
    schedule.drop(B)
    assert schedule.not_before(5) == ()


def test_a_due_time_that_moves_on_adds_nothing_to_the_heap() -> None:
    schedule = Schedule()
    for hours in range(100):
        schedule.note(A, NOON + hours * HOUR, hours)

    assert len(schedule.heap) == 1
    assert list(schedule.pop(NOON + 98 * HOUR)) == []
    assert list(schedule.pop(NOON + 99 * HOUR)) == [A]
    assert schedule.heap == []
