"""Distance: how far the window of an indicator is from firing, and how long that stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, takewhile
from math import ceil, floor

import msgspec

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.measure import Measure, make_measure
from services.matcher.domain.windows.state import Hit, WindowState, micros, span
from services.matcher.domain.windows.window import window_hits
from services.matcher.domain.windows.window_rule import WindowRule

COUNTED = frozenset(
    {
        CorrelationType.EVENT_COUNT,
        CorrelationType.VALUE_COUNT,
        CorrelationType.VALUE_SUM,
        CorrelationType.TEMPORAL,
        CorrelationType.TEMPORAL_ORDERED,
    }
)
"""The types that come nearer to firing hit by hit."""

_UNITS = (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000))

Rung = tuple[int, int]


class Distance(msgspec.Struct, frozen=True, array_like=True):
    """`value` of what is `asked`, in whole numbers.

    Every rung is a value and the time from which, without another hit, it stands no longer.
    """

    asked: int
    rungs: tuple[Rung, ...]

    @property
    def value(self) -> int:
        """What is counted now."""
        return self.rungs[0][0]

    @property
    def until(self) -> int:
        """When the oldest hit that contributes leaves the window, in microseconds."""
        return self.rungs[0][1]

    def later(self, t: int) -> "Distance | None":
        """What is left of it at t, if no hit comes; None when that is nothing."""
        left = tuple(rung for rung in self.rungs if rung[1] > t)
        return Distance(self.asked, left) if left else None

    def words(self, t: int) -> str:
        """As people say it at t: `2 of 3, 4 days left`."""
        return f"{self.value} of {self.asked}, {_spoken(self.until - t)} left"


def distance(rule: WindowRule, state: WindowState, clock: datetime) -> Distance | None:
    """How far the rule's window at `clock` is from firing.

    None: it holds no hit that counts, it fires, or the rule is of no type that is COUNTED.
    """
    asked = _asked(rule)
    if asked is None:
        return None
    hits = window_hits(rule, state.hits, micros(clock))
    measure = make_measure(rule)
    for hit in hits:
        measure.add(hit)
    rungs = _merged(_rungs(measure, hits, span(rule.timespan)))
    near = tuple(takewhile(lambda rung: 0 < rung[0] < asked, rungs))
    return Distance(asked, near) if near else None


def _asked(rule: WindowRule) -> int | None:
    if rule.type not in COUNTED or rule.expression is not None:
        return None
    return _least(rule.condition)


def _least(condition: Condition) -> int | None:
    """The least whole number that meets the lower bounds."""
    bounds = [ceil(bound) for bound in (condition.gte, condition.eq) if bound is not None]
    if condition.gt is not None:
        bounds.append(floor(condition.gt) + 1)
    return max(bounds, default=None)


def _rungs(measure: Measure, hits: Sequence[Hit], timespan: int) -> Iterator[Rung]:
    for at, together in groupby(hits, key=lambda hit: hit.at):
        yield floor(measure.value() or 0), at + timespan
        for hit in together:
            measure.remove_oldest(hit)


def _merged(rungs: Iterator[Rung]) -> Iterator[Rung]:
    for value, same in groupby(rungs, key=lambda rung: rung[0]):
        yield value, max(until for _, until in same)


def _spoken(length: int) -> str:
    for unit, size in _UNITS:
        if length >= size:
            count = length // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
