"""Firing times that are kept up to date are those that all hits give."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.absence import find_absences
from services.matcher.domain.windows.firing import find_firings
from services.matcher.domain.windows.firing_times import FiringTimes
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, WindowState, make_hit, micros
from services.matcher.domain.windows.window_rule import NUMERIC, WindowRule
from tests.matcher.any_stream import RULES as COUNTED
from tests.matcher.builders import APART, AWAITED, FASTER, HOUR, NEW, NOON, SHARED, hit

LONG_AGO = micros(NOON - 20 * HOUR)
NEVER = -(2**63)
FOREVER = 2**62
PERCENT = Condition(field="quantities.rockets", percentile=50, gte=2, lt=5)
RULES = {
    **{name: rule for name, rule in COUNTED.items() if not rule.certain},
    "in order": replace(COUNTED["ordered"], bases=("threat", "mobilisation", "threat")),
    "by story": replace(COUNTED["range"], count_by="story"),
    "numbers by story": replace(COUNTED["percentile"], count_by="story", condition=PERCENT),
    "new": replace(NEW, history=6 * HOUR, warmup=2 * HOUR),
    "faster": replace(FASTER, count_by="story"),
    "apart": replace(APART, count_by="story", baseline=8 * HOUR, min_baseline=HOUR),
    "shared": replace(SHARED, condition=Condition(gte=2)),
    "awaited": AWAITED,
    "repeated": replace(AWAITED, bases=("threat",)),
}


@st.composite
def hits_of(draw: st.DrawFn, rule: WindowRule) -> list[Hit]:
    made = []
    for number in range(draw(st.integers(1, 25))):
        signal = hit(draw(st.integers(0, 40)) / 2, f"e{number}")
        text = draw(st.sampled_from(("iraqi front", "iraqi fronts", "league", "1")))
        value = str(draw(st.integers(-2, 6))) if rule.type in NUMERIC else text
        changes = {
            "base": draw(st.sampled_from(("threat", "mobilisation", "denial"))),
            "story": draw(st.sampled_from(("wire", "paper", f"story {number}"))),
            "values": (value,),
            "by": (draw(st.sampled_from(("iran", "proxies", "badr"))),),
            "owner": draw(st.sampled_from(("reuters", "reuters", "afp"))),
        }
        made.append(make_hit(signal.model_copy(update=changes)))
        if draw(st.integers(0, 3)) == 0:
            other = "threat" if made[-1].base != "threat" else "denial"
            made.append(changed(made[-1], base=other))
    return made


def turn(held: Ordered[Hit], one: Hit) -> Ordered[Hit]:
    """With a hit, or without it if it is there."""
    is_held = one in held.of_identity(one.identity)
    return held.remove(one) if is_held else held.add(one)


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
        held = held.add(one)
        if data.draw(st.integers(0, 4)) == 0:
            cut = data.draw(st.sampled_from(pool)).at
            held, settled = held.drop_until(cut), max(settled, cut + times.look_back)
        times.follow(held, settled)

        assert behind(found(times), settled) == behind(expected(rule, held), settled)


def found(times: FiringTimes) -> list[tuple[int, float]]:
    return list(zip(times.firings.times, times.firings.values, strict=True))


def expected(rule: WindowRule, held: Ordered[Hit]) -> list[tuple[int, float]]:
    state = WindowState(hits=held, since=LONG_AGO, clock=FOREVER)
    if rule.type is CorrelationType.ABSENCE:
        return list(find_absences(rule, state))
    return list(find_firings(rule, state))


def behind(firings: list[tuple[int, float]], settled: int) -> list[tuple[int, float]]:
    return [firing for firing in firings if firing[0] > settled]
