"""Measures: what a window counts while hits enter and leave it."""

from collections.abc import Sequence
from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.expression import parse_expression
from services.matcher.domain.windows.measure import make_measure
from services.matcher.domain.windows.state import Hit, make_hit, micros
from services.matcher.domain.windows.totals import Average, Percentile, Sum, Total
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import HOUR, NOON, RULE, TEMPORAL, VALUES, hit, of

ORDERED = replace(TEMPORAL, type=CorrelationType.TEMPORAL_ORDERED, bases=("a", "b", "c"))
ONLY_A = replace(TEMPORAL, bases=("a", "b"), expression=parse_expression("a and not b"))
SUM = replace(
    RULE, type=CorrelationType.VALUE_SUM, condition=Condition(field="quantities.rockets", gte=1)
)
BY_STORY = replace(SUM, count_by="story")


def base(hours: float, *names: str) -> tuple[Hit, ...]:
    return tuple(make_hit(of(name, hit(hours, f"{name} {hours}"))) for name in names)


def number(hours: float, value: float, story: str = "wire") -> Hit:
    signal = hit(hours, values=(str(value),))
    return make_hit(signal.model_copy(update={"story": story}))


def measured(rule: WindowRule, hits: Sequence[Hit], removed: int = 0) -> float | None:
    measure = make_measure(rule)
    for entering in hits:
        measure.add(entering)
    for leaving in hits[:removed]:
        measure.remove(leaving)
    return measure.value(micros(NOON + 100 * HOUR))


@pytest.mark.parametrize(
    ("hits", "reached"),
    [
        ((), 0),
        ((*base(0, "a"), *base(1, "b"), *base(2, "c")), 3),
        ((*base(0, "a"), *base(1, "c"), *base(2, "b")), 2),
        ((*base(0, "b"), *base(1, "c")), 0),
        (base(0, "c", "b", "a"), 3),
        ((*base(0, "a"), *base(1, "c", "b")), 3),
    ],
    ids=["none", "in order", "the last too early", "without the first", "at once", "two at once"],
)
def test_an_ordered_rule_counts_how_far_its_order_is_reached(
    hits: Sequence[Hit], reached: int
) -> None:
    assert measured(ORDERED, hits) == reached


def test_the_oldest_hit_takes_the_beginning_of_the_order_with_it() -> None:
    assert measured(ORDERED, (*base(0, "a"), *base(1, "b")), removed=1) == 0


def test_an_expression_counts_the_rules_that_hit_where_it_holds() -> None:
    hits = (*base(0, "b"), *base(1, "a"))

    assert measured(ONLY_A, hits) is None
    assert measured(ONLY_A, hits, removed=1) == 1


def test_a_value_counts_until_its_last_hit_has_left() -> None:
    hits = tuple(make_hit(hit(hours, values=("badr",))) for hours in (0, 1))

    assert [measured(VALUES, hits, removed) for removed in (0, 1, 2)] == [1, 1, 0]


def test_a_key_has_the_number_of_its_latest_hit_until_its_last_has_left() -> None:
    hits = (number(0, 5), number(1, 2), number(2, 30, "another"))

    assert [measured(BY_STORY, hits, removed) for removed in (0, 1, 2, 3)] == [32, 32, 30, None]


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (20, 1), (20.1, 2), (50, 3), (80, 4), (100, 5)]
)
def test_a_percentile_is_the_nearest_rank(percent: float, value: float) -> None:
    assert total_of(Percentile(percent), 3, 5, 1, 4, 2) == value


def test_an_average_is_the_arithmetic_mean() -> None:
    assert total_of(Average(), 1, 2, 6) == 3


numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@given(st.lists(numbers, min_size=1), st.lists(numbers))
def test_a_sum_is_correctly_rounded_whatever_came_and_went(
    kept: list[float], gone: list[float]
) -> None:
    total = Sum()
    for one in (*gone, *kept):
        total.add(one)
    for one in gone:
        total.remove(one)

    assert total.value() == fsum(kept)


def total_of(total: Total, *numbers: float) -> float:
    for one in numbers:
        total.add(one)
    return total.value()
