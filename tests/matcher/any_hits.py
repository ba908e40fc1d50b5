"""Hits of every kind that a rule may count, and a rule of every type to count them."""

from dataclasses import replace

from hypothesis import strategies as st

from schemas.rule import Condition
from schemas.signal import Signal
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, make_hit, micros
from services.matcher.domain.windows.window_rule import NUMERIC, WindowRule
from tests.matcher.any_stream import RULES as COUNTED
from tests.matcher.builders import APART, AWAITED, FASTER, HOUR, NEW, NOON, SHARED, hit, of

LONG_AGO = micros(NOON - 20 * HOUR)
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
def signals_of(draw: st.DrawFn, rule: WindowRule) -> list[Signal]:
    made: list[Signal] = []
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
        made.append(signal.model_copy(update=changes))
        if draw(st.integers(0, 3)) == 0:
            other = "threat" if made[-1].base != "threat" else "denial"
            made.append(of(other, made[-1]))
    return made


def hits_of(rule: WindowRule) -> st.SearchStrategy[list[Hit]]:
    return signals_of(rule).map(lambda signals: [*map(make_hit, signals)])


def turn(held: Ordered[Hit], one: Hit) -> Ordered[Hit]:
    """With a hit, or without it if it is there."""
    is_held = one in held.of_identity(one.identity)
    return held.remove(one) if is_held else held.add(one)
