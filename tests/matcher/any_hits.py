"""Hits of every kind that a rule may count, and a rule of every type to count them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import strategies as st
from msgspec.structs import replace as changed

from schemas.rule import Condition
from schemas.signal import Signal
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, make_hit, micros, span
from services.matcher.domain.windows.window_rule import NUMERIC, WindowRule
from tests.matcher.any_stream import RULES as COUNTED
from tests.matcher.builders import APART, AWAITED, FASTER, HOUR, NEW, NOON, SHARED, hit, of

HALF_HOUR = span(HOUR) // 2
LONG_AGO = micros(NOON - 20 * HOUR)
PERCENT = Condition(field="quantities.rockets", percentile=50, gte=2, lt=5)
RULES = {
    **COUNTED,
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


RULES |= {
    **{
        f"{name}, of alerts": replace(rule, counts_alerts=True, certain=False)
        for name, rule in RULES.items()
    },
    "numbers by source": replace(RULES["sum"], count_by="source", counts_alerts=True),
    "average by source": replace(RULES["average"], count_by="source", counts_alerts=True),
    "certain order": replace(RULES["in order"], certain=True),
    "certain numbers": replace(RULES["numbers by story"], certain=True),
}


@st.composite
def signals_of(draw: st.DrawFn, rule: WindowRule) -> list[Signal]:
    made: list[Signal] = []
    for number in range(draw(st.integers(1, 25))):
        signal = hit(draw(st.integers(0, 40)) / 2, f"e{number}")
        text = draw(st.sampled_from(("iraqi front", "iraqi fronts", "league", "1")))
        value = str(draw(st.integers(-2, 6))) if rule.type in NUMERIC else text
        until = signal.occurred_at + HOUR * draw(st.sampled_from((0, 0.5, 3, 5)))
        changes = {
            "base": draw(st.sampled_from(("threat", "mobilisation", "denial"))),
            "story": draw(st.sampled_from(("wire", "paper", f"story {number}"))),
            "values": (value,),
            "by": (draw(st.sampled_from(("iran", "proxies", "badr"))),),
            "owner": draw(st.sampled_from(("reuters", "reuters", "afp"))),
            "occurred_until": until,
        }
        made.append(signal.model_copy(update=changes))
        if draw(st.integers(0, 3)) == 0:
            other = "threat" if made[-1].base != "threat" else "denial"
            made.append(of(other, made[-1]))
    return made


@st.composite
def hits_of(draw: st.DrawFn, rule: WindowRule) -> list[Hit]:
    signals = draw(signals_of(rule))
    met = Counter(signal.identity for signal in signals)
    made = list[Hit]()
    for signal in signals:
        event = make_hit(signal, certain=rule.certain)
        is_alert = rule.counts_alerts and met[signal.identity] == 1 and draw(st.booleans())
        made += draw(revisions(event)) if is_alert else [event]
    return made


@st.composite
def revisions(draw: st.DrawFn, first: Hit) -> list[Hit]:
    """The alert of a base rule that fires first at the time of a hit, and perhaps goes on."""
    later = draw(st.lists(st.integers(0, 16), max_size=4))
    times = sorted({first.at, *(first.at + gap * HALF_HOUR for gap in later)})
    counts = sorted(draw(st.sets(st.integers(1, len(times)), min_size=1)))
    owners = draw(st.sampled_from((("reuters",), ("reuters", "afp"))))
    return [
        changed(
            first,
            at=times[count - 1],
            firings=tuple(times[:count]),
            length=0,
            owners=owners,
            revision=count,
        )
        for count in counts
    ]


def restless_hits(rule: WindowRule, chance: Random) -> list[Hit]:
    """Hits that come in any order, some of them to go and come again, then others in order."""
    bases = chance.sample(("threat", "mobilisation", "denial"), chance.randint(1, 3))
    latest = chance.choice((3, 24, 60))
    pool = [
        any_hit(rule, chance, number, bases, latest) for number in range(chance.choice((4, 8, 16)))
    ]
    pool.sort(key=lambda one: one.order)
    late = pool[: chance.randint(1, len(pool))]
    order = chance.choice((late, late[::-1], chance.sample(late, len(late))))
    restless = chance.sample(late, min(len(late), chance.choice((1, 3, 8))))
    return [*order, *chance.choices(restless, k=chance.choice((4, 12))), *pool[len(late) :]]


def any_hit(
    rule: WindowRule, chance: Random, number: int, bases: Sequence[str], latest: int
) -> Hit:
    """One up to so many times 10 minutes behind noon: an event, or the alert of a base rule."""
    text = chance.choice(("iraqi front", "iraqi fronts", "league", "1"))
    signal = hit(chance.randint(0, latest) / 6, f"e{number}")
    changes = {
        "base": chance.choice(bases),
        "story": chance.choice(("wire", f"story {number}")),
        "values": (str(chance.randint(-2, 6)) if rule.type in NUMERIC else text,),
        "by": (chance.choice(("iran", "proxies", "badr")),),
        "owner": chance.choice(("reuters", "afp")),
        "occurred_until": signal.occurred_at + HOUR * chance.choice((0, 0, 0.5, 3)),
    }
    event = make_hit(signal.model_copy(update=changes), certain=rule.certain)
    if not rule.counts_alerts or chance.random() < 0.4:
        return event
    later = (chance.randint(0, 16) * HALF_HOUR // 3 for _ in range(chance.randint(0, 3)))
    firings = tuple(sorted({event.at, *(event.at + gap for gap in later)}))
    return changed(event, at=firings[-1], firings=firings, length=0, revision=1)


def turn(held: Ordered[Hit], one: Hit) -> Ordered[Hit]:
    """With a hit, instead of another revision of it; or without it if it is there."""
    known = [other for other in held.of_identity(one.identity) if other.base == one.base]
    for other in known:
        held = held.remove(other)
    return held if one in known else held.add(one)
