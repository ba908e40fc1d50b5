"""The distance of a window from firing."""

from dataclasses import replace
from functools import reduce
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from schemas.rule import Condition
from services.matcher.domain.alerts.evaluation import evaluate
from services.matcher.domain.hypotheses.distance import (
    COARSE_VALUES,
    COUNTED,
    MOST_VALUES,
    Distance,
    measure_distance,
)
from services.matcher.domain.windows.measure import make_measure
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, WindowState, make_hit, micros, span
from services.matcher.domain.windows.window import window_hits
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.any_hits import RULES, hits_of, turn
from tests.matcher.builders import HOUR, NOON, hit
from tests.parts.counted_calls import count_calls

NAMES = sorted(
    name for name, rule in RULES.items() if rule.type in COUNTED and rule.expression is None
)
HALVES = st.integers(0, 60)
"""Clocks: so many half hours behind noon."""


def requiring(name: str, required: int) -> WindowRule:
    field = "quantities.rockets"
    return replace(RULES[name], condition=Condition(field=field, gte=required))


def count_left(rule: WindowRule, hits: Ordered[Hit], clock: int, t: int) -> int:
    """What is left at t, if no hit comes, of what the window holds at the clock."""
    inside = window_hits(rule, hits, clock)
    measure = make_measure(rule)
    for held in sorted(inside, key=lambda held: held.first):
        if held.last > t - span(rule.timespan):
            measure.add(held)
    return floor(measure.value(max((held.at for held in inside), default=clock)) or 0)


def value_at(distance: Distance | None, t: int) -> int:
    left = None if distance is None else distance.at(t)
    return 0 if left is None else left.value


@given(st.sampled_from(NAMES), st.integers(1, 4), st.data())
def test_a_window_has_a_distance_while_it_has_too_little(
    name: str, required: int, data: st.DataObject
) -> None:
    """Whatever hits came and went before, and at whatever times it was asked."""
    rule, state = requiring(name, required), WindowState()
    for one in data.draw(hits_of(rule)):
        state = changed(state, hits=turn(state.hits, one))
        if data.draw(st.booleans()):
            evaluate(rule, state)
        clock = NOON + data.draw(HALVES) * HOUR / 2
        distance = measure_distance(rule, state, clock)

        value = count_left(rule, state.hits, micros(clock), micros(clock))
        assert value_at(distance, micros(clock)) == (value if 0 < value < required else 0)


@given(st.sampled_from(NAMES), st.integers(2, 60), st.data())
def test_it_says_what_is_left_as_hits_leave(name: str, required: int, data: st.DataObject) -> None:
    rule = requiring(name, required)
    hits = reduce(turn, data.draw(hits_of(rule)), Ordered[Hit]())
    clock = NOON + data.draw(HALVES) * HOUR / 2

    distance = measure_distance(rule, WindowState(hits=hits), clock)

    step = ceil(required / COARSE_VALUES)
    known_until = 0 if distance is None else distance.values[-1][1]
    for half in range(60):
        t = micros(clock + half * HOUR / 2)
        left = count_left(rule, hits, micros(clock), t)
        if t < known_until and 0 < left < required:
            assert abs(value_at(distance, t) - left) < step
    if distance is not None and 0 < count_left(rule, hits, micros(clock), known_until) < required:
        assert len(distance.values) == MOST_VALUES


def many_hits(count: int) -> list[Hit]:
    """Hits of one base, a microsecond apart, each of a story of its own."""
    first = changed(make_hit(hit(0, "e")), values=("7",))
    return [
        changed(first, at=first.at + number, identity=f"e{number}", story=f"e{number}")
        for number in range(count)
    ]


def test_a_window_of_many_hits_lists_few_values() -> None:
    rule, hits = requiring("sum", 10_000), many_hits(1_000)

    distance = measure_distance(rule, WindowState(hits=Ordered.of(hits)), NOON + HOUR)

    assert distance is not None
    assert distance.value == 7_000
    assert len(distance.values) <= COARSE_VALUES + 1 <= MOST_VALUES
    assert distance.values[-1] == (7, hits[-1].at + span(rule.timespan))


def cost_of_a_hit(rule: WindowRule, held: int) -> int:
    """The calls of asking for the distance before and behind one more hit."""
    *hits, newest = many_hits(held + 1)
    before = WindowState(hits=Ordered.of(hits))
    evaluate(rule, before)
    measure_distance(rule, before, NOON + HOUR)
    after = changed(before, hits=before.hits.add(newest))
    evaluate(rule, after)

    def ask() -> None:
        assert measure_distance(rule, before, NOON + HOUR)
        assert measure_distance(rule, after, NOON + HOUR)

    return count_calls(ask)


@pytest.mark.parametrize("name", ["sum", "count", "ordered", "temporal"])
def test_a_hit_costs_far_less_than_a_look_at_what_the_window_holds(name: str) -> None:
    required = {"sum": 100_000, "count": 10_000}.get(name, 2)
    rule = replace(requiring(name, required), bases=("march_endorsed", "threat"))

    assert cost_of_a_hit(rule, 8_000) < cost_of_a_hit(rule, 2_000) + 12_000
