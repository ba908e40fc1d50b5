"""The rhythm of a source: what its silence is measured against."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.domain.duty.rhythm import (
    FACTOR,
    LEAST_PERIOD,
    LEAST_SILENCE,
    PARTS,
    Rhythm,
)
from services.matcher.domain.windows.state import micros, span
from tests.matcher.builders import HOUR, NOON

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
START = micros(NOON) - 12 * span(HOUR)
"""A midnight."""

MORNING, EVENING = 6, 22
LONGEST_BY_DAY = 40
QUIET_DAYS = 10


def heard(times: Iterable[int]) -> Rhythm:
    first, *rest = times
    return reduce(lambda rhythm, at: rhythm.heard(at, told=False), rest, Rhythm(first))


def working_day(day: int, pauses: Iterable[int]) -> Iterator[int]:
    """Reports from six to ten in the evening, `pauses` minutes apart."""
    at = START + day * span(DAY) + MORNING * span(HOUR)
    for pause in pauses:
        if at >= START + day * span(DAY) + EVENING * span(HOUR):
            return
        yield at
        at += pause * span(MINUTE)


days = st.lists(st.integers(1, LONGEST_BY_DAY), min_size=960, max_size=960)


def steady(days_of_it: int) -> list[int]:
    return [at for day in range(days_of_it) for at in working_day(day, [20] * 960)]


def silences(rhythm: Rhythm, times: Iterable[int]) -> Iterator[bool]:
    """Whether each pause before the next report is longer than is allowed."""
    for at in times:
        yield rhythm.allowed is not None and at - rhythm.last > rhythm.allowed
        rhythm = rhythm.heard(at, told=False)


def test_nothing_is_missed_before_the_rhythm_is_known() -> None:
    assert heard(steady(6)).allowed is None
    assert heard(steady(8)).allowed is not None
    assert heard(START + day * span(7 * DAY) for day in range(5)).allowed is None


def test_a_source_that_pauses_by_day_is_missed_after_twice_its_longest_pause() -> None:
    times = steady(QUIET_DAYS)
    noon = [at for at in times if at <= times[-1] - 8 * span(HOUR)]

    assert heard(noon).allowed == FACTOR * 20 * span(MINUTE)


def test_a_source_that_sleeps_at_night_is_not_missed_until_it_slept_twice_as_long() -> None:
    allowed = heard(steady(QUIET_DAYS)).allowed

    assert allowed is not None
    assert allowed > 2 * 8 * span(HOUR)


@settings(max_examples=25, deadline=None)
@given(days, st.integers(0, QUIET_DAYS))
def test_day_and_night_in_any_order_of_pauses_never_cry_wolf(pauses: list[int], turn: int) -> None:
    times: list[int] = []
    for day in range(3 * QUIET_DAYS):
        shift = (day + turn) * 37 % len(pauses)
        times += working_day(day, pauses[shift:] + pauses[:shift])

    assert not any(silences(Rhythm(times[0]), times[1:]))


@settings(max_examples=25, deadline=None)
@given(days, st.integers(MORNING * 60, (EVENING - 4) * 60))
def test_a_source_that_stops_by_day_is_told_in_bounded_time(pauses: list[int], minute: int) -> None:
    times = [at for day in range(QUIET_DAYS) for at in working_day(day, pauses)]
    stop = START + (QUIET_DAYS - 1) * span(DAY) + minute * span(MINUTE)

    rhythm = heard(at for at in times if at <= max(stop, times[-1] - span(DAY)))

    assert rhythm.allowed is not None
    assert rhythm.allowed <= FACTOR * (24 - EVENING + MORNING + 1) * span(HOUR)
    if minute < (EVENING - 2 * 24 // PARTS) * 60:
        assert rhythm.allowed <= FACTOR * LONGEST_BY_DAY * span(MINUTE)


def test_bursts_change_nothing() -> None:
    times = steady(QUIET_DAYS)
    bursts = sorted({at + second * 1_000_000 for at in times for second in (0, 1, 2, 11)})
    end = times[-1]

    assert heard(at for at in bursts if at <= end).allowed == pytest.approx(
        heard(times).allowed, rel=0.01
    )


def test_a_weekend_is_part_of_the_rhythm() -> None:
    times = [
        at for day in range(28) if day % 7 not in (3, 4) for at in working_day(day, [20] * 960)
    ]

    assert not any(silences(Rhythm(times[0]), times[1:]))


def test_what_comes_late_is_no_sign_of_life() -> None:
    rhythm = heard(steady(QUIET_DAYS))

    assert rhythm.heard(rhythm.last - span(HOUR), told=False) == rhythm


def test_a_silence_that_was_told_is_no_rhythm_until_another_comes_up_to_it() -> None:
    rhythm = heard(steady(QUIET_DAYS))
    before = rhythm.allowed

    once = rhythm.heard(rhythm.last + span(5 * DAY), told=True)
    twice = once.heard(once.last + span(4 * DAY), told=True)

    assert before is not None
    assert once.allowed is not None
    assert once.allowed <= before
    assert twice.allowed is not None
    assert twice.allowed >= span(4 * DAY)


def test_what_a_source_did_weeks_ago_is_forgotten() -> None:
    first = steady(QUIET_DAYS)
    gap = first[-1] + span(3 * DAY)
    faster = [
        gap + number * 10 * span(MINUTE) for number in range(int(3 * LEAST_PERIOD / (10 * MINUTE)))
    ]

    assert heard([*first, *faster]).allowed == FACTOR * 10 * span(MINUTE)


def test_the_shortest_silence_that_is_told_is_bounded() -> None:
    busy = (START + number * 30_000_000 for number in range(25_000))

    assert heard(busy).allowed == span(LEAST_SILENCE)
