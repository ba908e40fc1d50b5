"""Firing times that are kept up to date are those that all hits give."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.rule import CorrelationType
from services.matcher.domain.windows.absence import find_absences
from services.matcher.domain.windows.firing import find_firings
from services.matcher.domain.windows.firing_times import FiringTimes
from services.matcher.domain.windows.margins import MOST_TIMES
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FOREVER, NEVER, Hit, WindowState, make_hit, micros
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.any_hits import LONG_AGO, RULES, any_hit, hits_of, restless_hits, turn
from tests.matcher.builders import HOUR, NOON, hit, of

SOME = settings().max_examples // 8
"""Of each rule."""


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


@pytest.mark.parametrize("name", sorted(RULES))
@settings(max_examples=SOME)
@given(seed=st.integers(0, 2**32))
def test_however_few_times_share_their_margins(name: str, seed: int) -> None:
    rule, chance = RULES[name], Random(seed)  # noqa: S311  (hits, no secret)
    times, held = any_times(rule, chance), Ordered[Hit]()

    for one in restless_hits(rule, chance):
        held = turn(held, one)
        times.follow(held, NEVER)

        assert found(times) == expected(rule, held)


@pytest.mark.parametrize("name", sorted(RULES))
@settings(max_examples=SOME)
@given(seed=st.integers(0, 2**32))
def test_what_is_forgotten_changes_no_time_behind_what_is_settled(name: str, seed: int) -> None:
    rule, chance, settled = RULES[name], Random(seed), NEVER  # noqa: S311
    times, held = any_times(rule, chance), Ordered[Hit]()

    for one in restless_hits(rule, chance):
        held = turn(held, one)
        if held and chance.random() < 0.2:
            cut = chance.choice(held).at
            held, settled = held.drop_until(cut), max(settled, cut + times.look_back)
        times.follow(held, settled)

        assert behind(found(times), settled) == behind(expected(rule, held), settled)


@pytest.mark.parametrize("name", sorted(RULES))
def test_many_that_come_late_and_go_again(name: str) -> None:
    rule, chance = RULES[name], Random(name)  # noqa: S311
    bases = ("threat", "mobilisation", "denial")
    pool = [any_hit(rule, chance, number, bases, latest=60) for number in range(60)]
    times, held = FiringTimes(rule, LONG_AGO), Ordered[Hit]()
    late = sorted(pool, key=lambda one: one.order, reverse=True)

    for number, one in enumerate([*late, *chance.sample(pool, 60), *chance.sample(pool, 60)]):
        held = turn(held, one)
        times.follow(held, NEVER)

        if number % 12 == 0:
            assert found(times) == expected(rule, held)


def test_a_rule_that_an_expression_does_not_ask_for_leaves_it_as_it_is() -> None:
    rule = RULES["one without the other"]
    times, held = FiringTimes(rule, LONG_AGO, most=1), Ordered[Hit]()

    for base, hours in (("threat", 2), ("denial", 2), ("threat", 1), ("mobilisation", 0.5)):
        held = held.add(make_hit(of(base, hit(hours, f"{base} at {hours}"))))
        times.follow(held, NEVER)

    assert found(times) == []


def test_an_answer_at_the_newest_time_counts_after_hits_long_before() -> None:
    rule = RULES["awaited"]
    times, held = FiringTimes(rule, LONG_AGO), Ordered[Hit]()

    for base, hours, name in (("denial", 5, "a"), ("threat", 0, "b"), ("threat", 5, "c")):
        held = held.add(make_hit(of(base, hit(hours, name))))
        times.follow(held, NEVER)

    assert found(times) == [(micros(NOON + 4 * HOUR), 0)]


def test_a_settled_time_counts_what_is_held_when_a_hit_comes_that_it_depends_on() -> None:
    rule = RULES["count"]
    times, held = FiringTimes(rule, LONG_AGO, most=1), Ordered[Hit]()
    for hours in (3, 2, 1, 0.5, 0):
        held = held.add(make_hit(hit(hours, f"at {hours}")))
        times.follow(held, NEVER)

    kept, late = held.drop_until(micros(NOON + HOUR)), make_hit(hit(1.5, "late"))
    times.follow(kept, micros(NOON + 5 * HOUR))
    times.follow(kept.add(late), micros(NOON + 5 * HOUR))

    assert behind(found(times), late.at - 1) == expected(rule, kept.add(late))


def any_times(rule: WindowRule, chance: Random) -> FiringTimes:
    return FiringTimes(rule, LONG_AGO, chance.choice((1, 2, 3, MOST_TIMES)))


def found(times: FiringTimes) -> list[tuple[int, float]]:
    return [(time, times.find_value(place)) for place, time in enumerate(times.firings.times)]


def expected(rule: WindowRule, held: Ordered[Hit]) -> list[tuple[int, float]]:
    state = WindowState(hits=held, since=LONG_AGO, clock=FOREVER)
    if rule.type is CorrelationType.ABSENCE:
        return list(find_absences(rule, state))
    return list(find_firings(rule, state))


def behind(firings: list[tuple[int, float]], after: int) -> list[tuple[int, float]]:
    return [firing for firing in firings if firing[0] > after]
