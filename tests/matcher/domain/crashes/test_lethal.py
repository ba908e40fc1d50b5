"""Which messages are set aside, by the crashes that name them."""

from datetime import timedelta

from schemas.crash import Crash, CrashReason
from services.matcher.domain.crashes.lethal import (
    HARMLESS,
    MOST_CRASHES,
    HeldMessage,
    Lethal,
    are_passed,
    find_lethal,
    name_crash,
)
from tests.matcher.builders import NOON

VALUE = b"a report"
BATCH = b"[a report, another]"
WHOLE = Lethal(is_whole=True)


def crashes(*items: int | None, value: bytes = VALUE, offset: int = 7) -> tuple[Crash, ...]:
    named: tuple[Crash, ...] = ()
    for item in items:
        held = HeldMessage("events", 1, offset, item, value)
        named = name_crash(named, held, CrashReason.STUCK, NOON)
    return named


def test_without_a_crash_a_message_is_harmless() -> None:
    assert find_lethal((), VALUE) == HARMLESS


def test_a_message_that_was_named_once_is_tried_again() -> None:
    assert find_lethal(crashes(None), VALUE) == HARMLESS


def test_a_message_that_was_named_twice_is_set_aside() -> None:
    assert find_lethal(crashes(None, None), VALUE) == WHOLE


def test_crashes_of_another_message_say_nothing_of_this_one() -> None:
    assert find_lethal(crashes(None, None, value=b"another"), VALUE) == HARMLESS


def test_a_copy_of_a_message_is_as_lethal_wherever_it_is() -> None:
    first = crashes(None)
    copy = HeldMessage("events", 1, 9, None, VALUE)

    named = name_crash(first, copy, CrashReason.MEMORY, NOON + timedelta(minutes=1))

    assert [(crash.offset, crash.times, crash.reason) for crash in named] == [(9, 2, "memory")]
    assert find_lethal(named, VALUE) == WHOLE


def test_of_a_batch_the_item_that_was_named_twice_is_set_aside() -> None:
    assert find_lethal(crashes(3, 3, value=BATCH), BATCH) == Lethal(items=frozenset({3}))


def test_another_item_of_the_batch_has_two_tries_of_its_own() -> None:
    once, twice = crashes(3, 3, 5, value=BATCH), crashes(3, 3, 5, 5, value=BATCH)

    assert find_lethal(once, BATCH) == Lethal(items=frozenset({3}))
    assert find_lethal(twice, BATCH) == Lethal(items=frozenset({3, 5}))


def test_a_batch_that_ends_workers_at_different_items_is_set_aside_whole() -> None:
    assert find_lethal(crashes(3, 5, value=BATCH), BATCH) == WHOLE
    assert find_lethal(crashes(None, 5, value=BATCH), BATCH) == WHOLE


def test_a_batch_of_many_lethal_items_is_set_aside_whole() -> None:
    three, four = crashes(0, 0, 1, 1, 2, 2, value=BATCH), crashes(*range(4), *range(4), value=BATCH)

    assert find_lethal(three, BATCH) == Lethal(items=frozenset({0, 1, 2}))
    assert find_lethal(four, BATCH) == WHOLE


def test_a_record_never_grows_past_its_bound_and_keeps_the_newest() -> None:
    named: tuple[Crash, ...] = ()
    for offset in range(MOST_CRASHES + 5):
        held = HeldMessage("events", 1, offset, None, b"%d" % offset)
        named = name_crash(named, held, CrashReason.STUCK, NOON)

    assert len(named) == MOST_CRASHES
    assert named[-1].offset == MOST_CRASHES + 4


def test_crashes_are_passed_when_the_last_message_named_is_committed() -> None:
    assert not are_passed(crashes(None, offset=7), 7)
    assert are_passed(crashes(None, offset=7), 8)
