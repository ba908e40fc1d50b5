"""Firing times that are kept up to date are those that all hits give."""

from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rule import CorrelationType
from services.matcher.domain.windows.absence import find_absences
from services.matcher.domain.windows.firing import find_firings
from services.matcher.domain.windows.firing_times import FiringTimes
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FOREVER, NEVER, Hit, WindowState, make_hit
from services.matcher.domain.windows.window_rule import NUMERIC, WindowRule
from tests.matcher.any_hits import LONG_AGO, RULES, hits_of, turn
from tests.matcher.builders import hit


@given(st.sampled_from(sorted(RULES)), st.data())
def test_whatever_comes_and_goes_in_any_order(name: str, data: st.DataObject) -> None:
    rule = RULES[name]
    pool, held = data.draw(hits_of(rule)), Ordered[Hit]()
    times = FiringTimes(rule, LONG_AGO)
    in_order = data.draw(st.booleans())
    pool = sorted(pool, key=lambda one: one.order) if in_order else pool

    for one in [*pool, *data.draw(st.lists(st.sampled_from(pool), max_size=9))]:
        held = turn(held, one)
        times.follow(held, NEVER)

        assert found(times) == expected(rule, held)


@given(st.sampled_from(sorted(RULES)), st.data())
def test_what_is_forgotten_changes_no_time_behind_what_is_settled(
    name: str, data: st.DataObject
) -> None:
    rule, settled = RULES[name], NEVER
    pool, held = data.draw(hits_of(rule)), Ordered[Hit]()
    times = FiringTimes(rule, LONG_AGO)

    for one in pool:
        held = turn(held, one)
        if data.draw(st.integers(0, 4)) == 0:
            cut = data.draw(st.sampled_from(pool)).at
            held, settled = held.drop_until(cut), max(settled, cut + times.look_back)
        times.follow(held, settled)

        assert behind(found(times), settled) == behind(expected(rule, held), settled)


@pytest.mark.parametrize("name", sorted(RULES))
def test_many_that_come_late_and_go_again(name: str) -> None:
    rule, chance = RULES[name], Random(name)  # noqa: S311  (hits, no secret)
    pool, held = [*map(partial(any_hit, rule, chance), range(60))], Ordered[Hit]()
    times = FiringTimes(rule, LONG_AGO)
    late = sorted(pool, key=lambda one: one.order, reverse=True)

    for number, one in enumerate([*late, *chance.sample(pool, 60), *chance.sample(pool, 60)]):
        held = turn(held, one)
        times.follow(held, NEVER)

        if number % 12 == 0:
            assert found(times) == expected(rule, held)


def any_hit(rule: WindowRule, chance: Random, number: int) -> Hit:
    """Many lie in one timespan."""
    text = chance.choice(("iraqi front", "iraqi fronts", "league", "1"))
    changes = {
        "base": chance.choice(("threat", "mobilisation", "denial")),
        "story": chance.choice(("wire", f"story {number}")),
        "values": (str(chance.randint(-2, 6)) if rule.type in NUMERIC else text,),
        "by": (chance.choice(("iran", "proxies", "badr")),),
    }
    signal = hit(chance.randint(0, 60) / 6, f"e{number}").model_copy(update=changes)
    return make_hit(signal, certain=rule.certain)


def found(times: FiringTimes) -> list[tuple[int, float]]:
    return [(time, times.find_value(place)) for place, time in enumerate(times.firings.times)]


def expected(rule: WindowRule, held: Ordered[Hit]) -> list[tuple[int, float]]:
    state = WindowState(hits=held, since=LONG_AGO, clock=FOREVER)
    if rule.type is CorrelationType.ABSENCE:
        return list(find_absences(rule, state))
    return list(find_firings(rule, state))


def behind(firings: list[tuple[int, float]], settled: int) -> list[tuple[int, float]]:
    return [firing for firing in firings if firing[0] > settled]
