"""Any stream of hits for any rule, and the episodes it has by definition."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import strategies as st

from schemas.rule import Condition, CorrelationType
from schemas.signal import Signal, SignalKind
from services.matcher.domain.windows.expression import parse_expression
from services.matcher.domain.windows.window_rule import NUMERIC, WindowRule
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, TEMPORAL, VALUES, hit, of, retraction

FORGETFUL = replace(RULE, max_lateness=HOUR)
RULES = {
    "count": RULE,
    "certain": replace(RULE, certain=True, condition=Condition(gte=2)),
    "long gap": replace(RULE, resolve_after=9 * HOUR),
    "short gap": replace(RULE, resolve_after=HOUR),
    "range": replace(RULE, condition=Condition(gte=2, lt=4)),
    "few": replace(RULE, condition=Condition(lte=1)),
    "values": replace(VALUES, condition=Condition(field="actor_ids", gte=2)),
    "temporal": TEMPORAL,
    "ordered": replace(TEMPORAL, type=CorrelationType.TEMPORAL_ORDERED),
    "one without the other": replace(
        TEMPORAL,
        condition=Condition(gte=0),
        expression=parse_expression("threat and not mobilisation"),
    ),
    "sum": replace(
        RULE, type=CorrelationType.VALUE_SUM, condition=Condition(field="quantities.rockets", gte=9)
    ),
    "average": replace(
        RULE,
        type=CorrelationType.VALUE_AVG,
        condition=Condition(field="quantities.rockets", gt=2, lte=4.5),
        count_by="story",
    ),
    "percentile": replace(
        RULE,
        type=CorrelationType.VALUE_PERCENTILE,
        condition=Condition(field="quantities.rockets", percentile=70, gte=4),
    ),
    "alone": replace(ALONE, resolve_after=3 * HOUR),
    "forgetful": FORGETFUL,
    "forgetful pairs": replace(FORGETFUL, condition=Condition(gte=2), resolve_after=3 * HOUR),
    "forgetful range": replace(FORGETFUL, condition=Condition(gte=2, lt=4)),
}
BASES = ("mobilisation", "threat")


@st.composite
def cases(draw: st.DrawFn) -> tuple[WindowRule, list[Signal]]:
    """A rule, and hits on half-hours with lateness up to what it allows, some retracted."""
    rule = RULES[draw(st.sampled_from(sorted(RULES)))]
    furthest = draw(st.sampled_from([20, 60, 600]))
    stream = []
    for number in range(draw(st.integers(1, 25))):
        half_hours = draw(st.integers(0, furthest))
        if rule.type in NUMERIC:
            values: tuple[str, ...] = (str(draw(st.integers(-2, 6))),)
        else:
            values = tuple(draw(st.sets(st.sampled_from("abc"), max_size=2)))
        story = draw(st.sampled_from(["wire", f"story {number}"]))
        base = draw(st.sampled_from(BASES))
        late = rule.max_lateness * draw(st.sampled_from([0, 0, 0, 0.5, 1]))
        signal = of(base, hit(half_hours / 2, f"e{number}", values=values, late=late))
        until = signal.occurred_at + HOUR * draw(st.sampled_from([0, 0.5, 3, 5]))
        signal = signal.model_copy(update={"story": story, "occurred_until": until})
        stream.append(signal)
        if draw(st.integers(0, 9)) == 0:
            stream.append(_retraction(signal))
    return rule, stream


def _retraction(signal: Signal) -> Signal:
    hours = (signal.occurred_at - NOON) / HOUR
    return retraction(hours, signal.evidence.event_id)


def recorded_at(signal: Signal) -> datetime:
    """When the event of a signal was recorded."""
    return signal.evidence.recorded_at or signal.occurred_at


def brute_force(rule: WindowRule, stream: Sequence[Signal]) -> set[tuple[datetime, str, int]]:
    """Episodes by their definition, hit by hit; shares nothing with the engine."""
    out = {signal.identity for signal in stream if signal.kind is SignalKind.RETRACTION}
    hits = [
        signal for signal in stream if signal.kind is SignalKind.HIT and signal.identity not in out
    ]
    windows: dict[datetime, list[Signal]] = {}
    ends = {signal.identity: _ends(rule, signal) for signal in hits}
    for time in sorted(set(ends.values())):
        opened = time - rule.timespan
        inside = [
            signal
            for signal in hits
            if opened < signal.occurred_at and ends[signal.identity] <= time
        ]
        if _fires(rule, inside):
            windows[time] = _evidence(rule, inside)
    episodes: list[list[datetime]] = []
    for time in windows:
        if episodes and time - episodes[-1][-1] <= rule.resolve_after:
            episodes[-1].append(time)
        else:
            episodes.append([time])
    return {
        (
            times[0],
            rule.level.value,
            len({signal.identity for time in times for signal in windows[time]}),
        )
        for times in episodes
    }


def _evidence(rule: WindowRule, inside: Sequence[Signal]) -> list[Signal]:
    """What lies in a window that fired; where order counts, from the first step on."""
    if rule.type is not CorrelationType.TEMPORAL_ORDERED:
        return list(inside)
    first = min(signal.occurred_at for signal in inside if signal.base == rule.bases[0])
    return [signal for signal in inside if signal.occurred_at >= first]


def _ends(rule: WindowRule, signal: Signal) -> datetime:
    return (signal.occurred_until or signal.occurred_at) if rule.certain else signal.occurred_at


def _fires(rule: WindowRule, inside: Sequence[Signal]) -> bool:
    if rule.type is None:
        return True
    if rule.expression is not None:
        bases = {signal.base for signal in inside}
        return "threat" in bases and "mobilisation" not in bases
    value = _value(rule, inside)
    asked = rule.condition
    return (
        (asked.gte is None or value >= asked.gte)
        and (asked.gt is None or value > asked.gt)
        and (asked.lt is None or value < asked.lt)
        and (asked.lte is None or value <= asked.lte)
    )


def _value(rule: WindowRule, inside: Sequence[Signal]) -> float:
    if rule.type is CorrelationType.EVENT_COUNT:
        return len({signal.identity for signal in inside})
    if rule.type is CorrelationType.VALUE_COUNT:
        return len({value for signal in inside for value in signal.values})
    if rule.type is CorrelationType.TEMPORAL:
        return len({signal.base for signal in inside})
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        first, second = rule.bases
        firsts = [signal.occurred_at for signal in inside if signal.base == first]
        seconds = [signal.occurred_at for signal in inside if signal.base == second]
        if not firsts:
            return 0
        return 2 if seconds and max(seconds) >= min(firsts) else 1
    return _of_numbers(rule, sorted(_numbers(rule, inside)))


def _numbers(rule: WindowRule, inside: Sequence[Signal]) -> list[float]:
    latest: dict[str, Signal] = {}
    for signal in sorted(inside, key=lambda signal: (signal.occurred_at, signal.identity)):
        latest[signal.story if rule.count_by == "story" else signal.identity] = signal
    return [float(signal.values[0]) for signal in latest.values()]


def _of_numbers(rule: WindowRule, numbers: Sequence[float]) -> float:
    if rule.type is CorrelationType.VALUE_SUM:
        return sum(numbers)
    if rule.type is CorrelationType.VALUE_AVG:
        return sum(numbers) / len(numbers)
    percent = (rule.condition.percentile or 0) / 100
    return next(
        number for rank, number in enumerate(numbers, start=1) if rank >= percent * len(numbers)
    )
