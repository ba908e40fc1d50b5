from dataclasses import replace
from datetime import datetime, timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rule import Condition
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.rate import (
    Rates,
    binomial_tail,
    compare_rates,
    find_rate_changes,
)
from services.matcher.domain.windows.state import WindowState, make_hit, micros
from tests.matcher.builders import FASTER, HOUR, NOON, hit
from tests.matcher.course import WindowCourse

LONG_AGO = NOON - 1000 * HOUR


def test_a_burst_after_a_quiet_baseline_fires() -> None:
    course = WindowCourse(FASTER, since=LONG_AGO).take(hit(0), hit(10), hit(10.5), hit(11))

    assert course.last.value == 3
    assert course.last.explain == (
        "3 hits in the 2 hours up to 2020-01-14 23:00 UTC against 0 in the 0.3333 days before "
        "(chance 0.008); the rule asks for 3 times the rate and at least 2 hits "
        "and a chance of at most 0.2."
    )


def test_a_steady_rate_does_not_fire() -> None:
    course = WindowCourse(FASTER, since=LONG_AGO).take(*(hit(hour) for hour in range(12)))

    assert {alert.starts_at for alert in course.not_withdrawn} <= {NOON + HOUR}


def test_fewer_hits_than_the_floor_do_not_fire() -> None:
    course = WindowCourse(FASTER, since=LONG_AGO).take(hit(0))

    assert course.alerts == []


def test_the_baseline_is_no_longer_than_the_rule_has_watched() -> None:
    too_short = WindowCourse(FASTER, since=NOON).take(hit(5.5), hit(5.9))
    enough = WindowCourse(FASTER, since=NOON).take(hit(5.5), hit(6))

    assert too_short.alerts == []
    assert "0.1667 days" in enough.last.explain


EDGES = WindowState(
    since=micros(LONG_AGO), hits=Ordered.of(make_hit(hit(hours)) for hours in (0, 1, 8, 9, 10))
)
AT_TEN = micros(NOON + 10 * HOUR)


def fires_at_ten(ratio: float, significance: float | None = None) -> bool:
    condition = Condition(ratio=ratio, floor=2, significance=significance)
    changes = find_rate_changes(replace(FASTER, condition=condition), EDGES)
    return (AT_TEN, 2.0) in changes


def test_window_and_baseline_are_open_at_their_beginnings_and_closed_at_their_ends() -> None:
    rates = compare_rates(FASTER, EDGES, AT_TEN)

    assert rates == Rates(2, 2, 2 * 3_600_000_000, 8 * 3_600_000_000)


def test_a_rate_changes_by_the_very_ratio_asked() -> None:
    assert fires_at_ten(4)
    assert not fires_at_ten(4.001)


def test_a_rate_changes_by_the_very_chance_asked() -> None:
    chance = binomial_tail(2, 4, 0.2)

    assert fires_at_ten(4, chance)
    assert not fires_at_ten(4, chance - 1e-9)


@pytest.mark.parametrize(("least", "tries"), [(0, 5), (1, 1), (3, 9), (9, 9), (40, 90)])
def test_the_chance_is_the_exact_binomial_tail(least: int, tries: int) -> None:
    exact = sum(comb(tries, k) * 0.2**k * 0.8 ** (tries - k) for k in range(least, tries + 1))

    assert binomial_tail(least, tries, 0.2) == pytest.approx(exact, rel=1e-9)


Half = st.integers(0, 100).map(lambda number: number / 2)


@given(hours=st.lists(Half, min_size=1, max_size=20), since=st.integers(-60, 20), data=st.data())
def test_any_order_with_a_clock_that_forgets_ends_in_the_changes_by_definition(
    hours: list[float], since: int, data: st.DataObject
) -> None:
    stream = [
        hit(at, f"e{n}", late=timedelta(hours=data.draw(st.sampled_from([0, 0, 72]))))
        for n, at in enumerate(hours)
    ]
    course = WindowCourse(FASTER, since=NOON + since * HOUR)

    for signal in sorted(stream, key=lambda signal: signal.evidence.recorded_at or NOON):
        course.take(signal).tick(signal.evidence.recorded_at or NOON).restore()

    assert {alert.starts_at for alert in course.not_withdrawn} == changes(hours, since)


def changes(hours: list[float], since: int) -> set[datetime]:
    firing = [at for at in sorted(set(hours)) if _changed(hours, at, since)]
    gap = FASTER.resolve_after / HOUR
    starts = [at for n, at in enumerate(firing) if n == 0 or at - firing[n - 1] > gap]
    return {NOON + at * HOUR for at in starts}


def _changed(hours: list[float], at: float, since: int) -> bool:
    covered = min(8.0, at - 2 - since)
    if covered < 4:
        return False
    n = sum(at - 2 < other <= at for other in hours)
    m = sum(at - 2 - covered < other <= at - 2 for other in hours)
    chance = 2 / (2 + covered)
    tail = sum(
        comb(n + m, k) * chance**k * (1 - chance) ** (n + m - k) for k in range(n, n + m + 1)
    )
    return n >= 2 and n / 2 >= 3 * m / covered - 1e-12 and tail <= 0.2 + 1e-12
