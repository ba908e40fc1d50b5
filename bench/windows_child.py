"""Windows of one tree in a process of its own: `python bench/windows_child.py`, by `bench.windows`.

It answers each line of JSON that it is sent: what hits cost that reach the state of one key as a
worker has it, from the signal to the writes of its table, in time of the processor. The tree is the
one on the path, so this script also measures an older one.
"""

import gc
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from schemas.alert import Evidence, Level
from schemas.rule import Condition, CorrelationType, Corroboration
from schemas.signal import Signal, SignalKind
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.partition_states import PartitionStates, States
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine import messages
from services.matcher.domain.engine.engine import Engine
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.store import SignalsPartitions
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.state import WindowState, make_hit, micros
from services.matcher.domain.windows.window_rule import WindowRule

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
WARM, MEASURED = 10, 40
AT_ONCE = " at once"
A_TIMESPAN = 10
"""Hits in a timespan when many are taken in some order."""
BOTH = ("first", "second")
TWO_SOURCES = Corroboration(sources=2, within=2 * DAY)
NAMES = ("Badr Organisation", "Ansar of the Levant", "Front of the East", "Sons of the River")

RULE = WindowRule(
    pack="bench",
    name="window",
    title="A window",
    id=None,
    level=Level.HIGH,
    version=None,
    type=CorrelationType.EVENT_COUNT,
    bases=("first",),
    timespan=30 * DAY,
    condition=Condition(gte=3),
    count_by="event",
    resolve_after=30 * DAY,
    max_lateness=60 * DAY,
    group_by=(),
    corroboration=None,
    summary="{{ value }} of them",
    action=None,
    max_hits=1_000_000,
)
_KNOWS_ALERTS = "counts_alerts" in WindowRule.__dataclass_fields__
"""Whether the tree has alerts that last; an older one has not."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A rule, and what the number of a hit says about it."""

    rule: WindowRule
    values: Callable[[int], tuple[str, ...]] = lambda _number: ()
    by: Callable[[int], tuple[str, ...]] = lambda _number: ()


def _numeric(type_: CorrelationType, **bounds: float) -> Kind:
    rule = replace(RULE, type=type_, condition=Condition(field="quantities.rockets", **bounds))
    return Kind(rule, values=lambda number: (str(number * 7 % 10),))


def _indicate(kind: Kind) -> Kind:
    """The same as an indicator of a hypothesis, which is sent how far it is from firing."""
    return replace(kind, rule=replace(kind.rule, hypotheses=("course",)))


def _temporal(type_: CorrelationType) -> Kind:
    return Kind(replace(RULE, type=type_, bases=BOTH, condition=Condition(gte=2)))


def _novel(type_: CorrelationType, subject: str) -> Kind:
    rule = replace(RULE, type=type_, condition=Condition(gte=0), subject=subject)
    return Kind(replace(rule, history=30 * DAY, timespan=DAY))


def _compare(type_: CorrelationType, **changes: Any) -> WindowRule:
    return replace(RULE, type=type_, baseline=30 * DAY, min_baseline=DAY, **changes)


_OF_EVENTS: dict[str, Kind] = {
    "event_count": Kind(RULE),
    "value_count": Kind(
        replace(
            RULE,
            type=CorrelationType.VALUE_COUNT,
            condition=Condition(field="actor_ids", gte=3),
            summary="{{ values | join(', ') }}",
        ),
        values=lambda number: (f"group {number % 20}",),
    ),
    "value_sum": _numeric(CorrelationType.VALUE_SUM, gte=9),
    "value_avg": _numeric(CorrelationType.VALUE_AVG, gte=1),
    "value_percentile": _numeric(CorrelationType.VALUE_PERCENTILE, gte=1, percentile=70),
    "temporal": _temporal(CorrelationType.TEMPORAL),
    "temporal_ordered": _temporal(CorrelationType.TEMPORAL_ORDERED),
    "new_value": _novel(CorrelationType.NEW_VALUE, "names"),
    "reversal": _novel(CorrelationType.REVERSAL, "actor_ids"),
    "rate_change": Kind(
        _compare(
            CorrelationType.RATE_CHANGE, condition=Condition(ratio=1.5, floor=2, significance=0.05)
        )
    ),
    "absence": Kind(replace(RULE, type=CorrelationType.ABSENCE, bases=BOTH)),
    "shared_term": Kind(
        replace(RULE, type=CorrelationType.SHARED_TERM, subject="names", by="actor_ids"),
        values=lambda number: (f"{NAMES[number % 4]} {number % 7}", f"name {number}"),
        by=lambda number: (f"group {number % 20}",),
    ),
    "divergence": Kind(
        _compare(
            CorrelationType.DIVERGENCE,
            condition=Condition(by=0.5, floor=2),
            subject="type",
            compared_value="threaten",
            between=("iran", "proxies"),
        ),
        values=lambda number: ("10"[number % 2],),
        by=lambda number: (("iran", "proxies")[number % 3 % 2],),
    ),
    "alone": Kind(replace(RULE, type=None, timespan=timedelta(microseconds=1))),
    "range": Kind(replace(RULE, condition=Condition(gte=3, lt=1_000_000))),
    "silent": Kind(replace(RULE, condition=Condition(gte=1_000_000))),
    "certain": Kind(replace(RULE, certain=True)),
    "corroboration": Kind(replace(RULE, corroboration=TWO_SOURCES)),
    "cooldown": Kind(replace(RULE, cooldown=DAY)),
    "cooldown and levels": Kind(replace(RULE, cooldown=DAY, corroboration=TWO_SOURCES)),
    "short resolve_after": Kind(replace(RULE, resolve_after=SECOND / 100)),
    "full": Kind(replace(RULE, max_hits=1_000)),
    "distance": _indicate(_numeric(CorrelationType.VALUE_SUM, gte=1_000_000)),
}
KINDS: Mapping[str, Kind] = _OF_EVENTS | {
    f"{name}, of alerts": replace(kind, rule=replace(kind.rule, counts_alerts=True))
    for name, kind in _OF_EVENTS.items()
    if _KNOWS_ALERTS and kind.rule.type is not None and not kind.rule.certain
}


def make_signal(kind: Kind, number: int, at: datetime) -> Signal:
    """The hit of that number."""
    name, is_alert = f"wire {number}", getattr(kind.rule, "counts_alerts", False)
    return Signal(
        pack=RULE.pack,
        rule=RULE.name,
        base=kind.rule.bases[number % len(kind.rule.bases)],
        identity=name,
        occurred_at=at,
        occurred_until=at + 3 * SECOND if kind.rule.certain else None,
        story=name,
        owner="wire",
        values=kind.values(number),
        by=kind.by(number),
        firings=(micros(at),) if is_alert else (),
        revision=int(is_alert),
        evidence=Evidence(
            event_id=str(number),
            source="wire",
            occurred_at=at,
            recorded_at=at,
            title="A report of some length on what happened where, and who says so",
        ),
    )


class Window:
    """The state of one key in a table, and the engine over it."""

    def __init__(self, kind: Kind) -> None:
        rulebook = Rulebook(windows={(RULE.pack, RULE.name): kind.rule})
        self.kind, self.processors = kind, Processors.of(ActiveRules(rulebook))
        states = States(KeyedStates({}), self.processors)
        self.store: PartitionStates = states.partition(0)
        partitions = SignalsPartitions(1, lambda _: 0)
        self.engine = Engine(0, partitions, self.store, lambda _key, call: call())
        self.offset = 0

    def hold(self, signals: Sequence[Signal]) -> None:
        """Begin with these hits."""
        certain = self.kind.rule.certain
        hits = (make_hit(signal, certain=certain) for signal in signals)
        in_order = sorted(hits, key=lambda hit: hit.order)
        make: Callable[[Iterable[Any]], Any] = getattr(type(WindowState.empty().hits), "of", tuple)
        state = msgspec.structs.replace(
            WindowState.empty(), offset=0, since=micros(NOON - 400 * DAY), hits=make(in_order)
        )
        self.store.put(StateKey(StateKind.WINDOW, signals[0].key), state, None)

    def take(self, signal: Any) -> None:
        """Handle a message, and carry out nothing of what it leads to."""
        self.offset += 1
        now = getattr(signal, "occurred_at", NOON)
        for _command in self.engine.handle(signal, self.offset, now, self.processors):
            pass


def measure_hit(name: str, held: int) -> dict[str, float]:
    """The median microseconds of a hit in order, of a window that holds so many."""
    kind, window = KINDS[name], Window(KINDS[name])
    step = min(SECOND, 20 * DAY / (held + WARM + MEASURED))
    signals = [make_signal(kind, n, NOON + n * step) for n in range(held + WARM + MEASURED)]
    window.hold(signals[:held])
    for signal in signals[held : held + WARM]:
        window.take(signal)
    gc.collect()
    gc.freeze()
    costs = sorted(_time(window.take, [signal]) for signal in signals[held + WARM :])
    gc.unfreeze()
    return {"us": costs[len(costs) // 2] * 1e6}


def measure_memory(name: str, held: int) -> dict[str, float]:
    """Bytes a hit of a window that holds so many, with its values in the table."""
    kind, window = KINDS[name], Window(KINDS[name])
    gc.collect()
    tracemalloc.start()
    signals = [make_signal(kind, n, NOON + n * SECOND) for n in range(held + 1)]
    window.hold(signals[:held])
    window.take(signals[held])
    del signals
    gc.collect()
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"bytes": size / held}


def measure_many(name: str, order: str, count: int) -> dict[str, float]:
    """Seconds for so many hits in an order, or for retracting them all.

    Ten are in a timespan, or, if the order is one `at once`, all of them.
    """
    kind, is_at_once = KINDS[name], order.endswith(AT_ONCE)
    order, apart = order.removesuffix(AT_ONCE), count if is_at_once else A_TIMESPAN
    step = kind.rule.timespan / apart if kind.rule.timespan > SECOND else SECOND
    short = replace(kind.rule, max_lateness=count * step + DAY)
    window = Window(replace(kind, rule=short))
    signals = [make_signal(kind, n, NOON + n * step) for n in range(count)]
    window.hold(signals[:1])
    if order == "reversed":
        signals.reverse()
    if order in ("shuffled", "retracted"):
        random.Random(7).shuffle(signals)  # noqa: S311  (an order, no secret)
    if order != "retracted":
        return {"s": _time(window.take, signals)}
    window.hold(signals)
    return {"s": _time(window.take, [_retract(signal) for signal in signals])}


def _retract(signal: Signal) -> Any:
    """What takes the event of a hit out of windows, in this tree."""
    retraction = getattr(messages, "Retraction", None)
    if retraction is None:
        return signal.model_copy(update={"kind": SignalKind.RETRACTION})
    correction = f"{signal.identity} corrected"
    return retraction(identity=signal.identity, by=correction, recorded_at=NOON)


def _time(take: Callable[[Any], None], signals: Iterable[Any]) -> float:
    began = time.process_time()
    for signal in signals:
        take(signal)
    return time.process_time() - began


def answer(request: Mapping[str, Any]) -> dict[str, float]:
    """What is asked of a kind; nothing if this tree does not know it."""
    kind = request["kind"]
    if kind not in KINDS:
        return {}
    if "order" in request:
        return measure_many(kind, request["order"], request["count"])
    measure = measure_memory if request.get("memory") else measure_hit
    return measure(kind, request["held"])


def main() -> None:
    """Answer each line."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
