"""The distance of a window from firing."""

from dataclasses import replace
from functools import reduce
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from schemas.rule import Condition
from services.matcher.domain.hypotheses.distance import COUNTED, measure_distance
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, WindowState, micros
from services.matcher.domain.windows.window import measure_window, window_hits
from tests.matcher.any_hits import RULES, hits_of, turn
from tests.matcher.builders import HOUR, NOON

REQUIRED = 2
OF_EVENTS = {
    name: replace(rule, condition=Condition(field="quantities.rockets", gte=REQUIRED))
    for name, rule in RULES.items()
    if rule.type in COUNTED and rule.expression is None and not rule.counts_alerts
}


@given(st.sampled_from(sorted(OF_EVENTS)), st.data())
def test_a_window_has_a_distance_while_it_has_too_little(name: str, data: st.DataObject) -> None:
    rule = OF_EVENTS[name]
    hits = reduce(turn, data.draw(hits_of(rule)), Ordered[Hit]())
    clock = NOON + data.draw(st.integers(0, 40)) * HOUR / 2
    inside = window_hits(rule, hits, micros(clock))

    value = floor(measure_window(rule, inside, micros(clock)) or 0)
    distance = measure_distance(rule, WindowState(hits=hits), clock)

    assert (distance is not None) == (0 < value < REQUIRED)
    assert distance is None or distance.value == value
