"""When a source is set aside, for how long, and when most of them fail."""

from datetime import datetime, timedelta

import pytest

from services.matcher.domain.duty.set_aside import (
    STRETCH,
    Failing,
    failed,
    heard_of,
    is_aside,
    most_fail,
    stretched,
)
from tests.matcher.builders import NOON

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def failing(times: int, limit: int = 3, every: timedelta = SECOND) -> Failing:
    known = None
    for number in range(times):
        known = failed(known, limit, NOON + number * every)
    assert known is not None
    return known


@pytest.mark.parametrize(("times", "aside"), [(3, False), (4, True)])
def test_a_source_is_set_aside_past_its_limit(times: int, aside: bool) -> None:
    assert is_aside(failing(times), NOON + MINUTE) == aside


def test_what_fails_now_and_then_is_never_set_aside() -> None:
    assert not failing(50, every=2 * MINUTE).aside


def test_a_source_comes_back_when_it_has_been_readable_for_five_minutes() -> None:
    known = failing(4)

    assert is_aside(known, known.last + 5 * MINUTE)
    assert not is_aside(known, known.last + 5 * MINUTE + SECOND)
    assert failed(known, 3, known.last + 6 * MINUTE).count == 1


def test_a_source_that_goes_on_failing_stays_set_aside() -> None:
    known = failing(4)
    for _ in range(10):
        known = failed(known, 3, known.last + 4 * MINUTE)

    assert known.aside


def test_one_letter_speaks_for_a_stretch_of_each_partition() -> None:
    known, first = stretched(failing(4), 0, 70)
    known, inside = stretched(known, 0, 70 + STRETCH - 1)
    known, elsewhere = stretched(known, 1, 70)
    known, beyond = stretched(known, 0, 70 + STRETCH)

    assert (first, inside) == (70 + STRETCH, None)
    assert (elsewhere, beyond) == (70 + STRETCH, 70 + 2 * STRETCH)


def test_those_on_duty_hear_of_it_once_a_minute() -> None:
    known, first = heard_of(failing(4), NOON)
    known, again = heard_of(known, NOON + 59 * SECOND)
    _, later = heard_of(known, NOON + MINUTE)

    assert (first, again, later) == (True, False, True)


def heard(*sources: str, at: datetime = NOON) -> dict[str, datetime]:
    return dict.fromkeys(sources, at)


def test_two_of_three_sources_are_most() -> None:
    known = failing(4)

    assert most_fail(heard("a", "b", "c"), {"a": known, "b": known}, NOON + MINUTE) == ("a", "b")


def test_half_of_the_sources_are_not_most() -> None:
    known = failing(4)

    assert not most_fail(heard("a", "b", "c", "d"), {"a": known, "b": known}, NOON + MINUTE)


def test_of_two_sources_none_stops_the_other() -> None:
    known = failing(4)

    assert not most_fail(heard("a", "b"), {"a": known, "b": known}, NOON + MINUTE)


def test_a_source_that_is_long_quiet_does_not_count() -> None:
    known = failing(4)
    quiet = heard("c", at=NOON - 10 * MINUTE)

    assert not most_fail(heard("a", "b") | quiet, {"a": known, "b": known}, NOON + MINUTE)


def test_a_few_failures_of_every_source_stop_nothing() -> None:
    known = failing(3)

    assert not most_fail(heard("a", "b", "c"), dict.fromkeys("abc", known), NOON + MINUTE)
