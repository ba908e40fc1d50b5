"""Distance: how far the window of an indicator is from firing, and for how long."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from math import ceil, floor

import msgspec

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.chains import list_deciding
from services.matcher.domain.windows.condition import count_tokens
from services.matcher.domain.windows.durations import round_duration
from services.matcher.domain.windows.measure import Measure, make_measure
from services.matcher.domain.windows.ordered import Ordered
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

ValidValue = tuple[int, int]
"""A value, and the time until which it is valid if no hit comes."""


class Distance(msgspec.Struct, frozen=True, array_like=True):
    """What a window holds of what is `required`, in whole numbers.

    `values` has the present value first, then those that are left as hits leave the window.
    """

    required: int
    values: tuple[ValidValue, ...]

    @property
    def value(self) -> int:
        """The present value."""
        return self.values[0][0]

    @property
    def missing(self) -> int:
        """What is missing for the window to fire."""
        return self.required - self.value

    @property
    def until(self) -> int:
        """When the oldest hit that contributes leaves the window, in microseconds."""
        return self.values[0][1]

    def at(self, t: int) -> "Distance | None":
        """What is left of it at t, if no hit comes; None when that is nothing."""
        left = tuple(value for value in self.values if value[1] > t)
        return Distance(self.required, left) if left else None

    def describe(self, t: int) -> str:
        """As people say it at t: `2 of 3, 4 days left`."""
        left = timedelta(microseconds=self.until - t)
        return f"{self.value} of {self.required}, {round_duration(left)} left"


def measure_distance(rule: WindowRule, state: WindowState, clock: datetime) -> Distance | None:
    """How far the rule's window at `clock` is from firing.

    None: it holds no hit that counts, it fires, or the rule is of no type that is COUNTED.
    """
    required = _find_required(rule)
    if required is None or _fires_by_newest(rule, state.hits, micros(clock), required):
        return None
    inside = window_hits(rule, state.hits, micros(clock))
    hits = sorted(inside, key=lambda hit: hit.last)
    measure = make_measure(rule)
    for hit in sorted(inside, key=lambda hit: hit.first):
        measure.add(hit)
    values = _merge_equal(_values_as_hits_leave(measure, hits, span(rule.timespan)))
    below = tuple(takewhile(lambda value: 0 < value[0] < required, values))
    return Distance(required, below) if below else None


def _fires_by_newest(rule: WindowRule, hits: Ordered[Hit], clock: int, required: int) -> bool:
    """Whether the newest hits of the window are enough, so that the others need no look."""
    if rule.counts_alerts or rule.type is CorrelationType.VALUE_SUM:
        return False
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        return not rule.certain and _count_steps(rule, hits, clock) >= required
    opened, tokens = clock - span(rule.timespan), set[str]()
    for hit in takewhile(lambda hit: hit.at > opened, hits.backwards(clock)):
        tokens.update(count_tokens(rule, hit) if hit.last > opened else ())
        if len(tokens) >= required:
            return True
    return False


def _count_steps(rule: WindowRule, hits: Ordered[Hit], clock: int) -> float:
    measure = make_measure(rule)
    for hit in list_deciding(rule, hits, clock):
        measure.add(hit)
    return measure.value(clock) or 0


def _find_required(rule: WindowRule) -> int | None:
    if rule.type not in COUNTED or rule.expression is not None:
        return None
    return _find_lower_bound(rule.condition)


def _find_lower_bound(condition: Condition) -> int | None:
    """The least whole number that meets the lower bounds."""
    bounds = [ceil(bound) for bound in (condition.gte, condition.eq) if bound is not None]
    if condition.gt is not None:
        bounds.append(floor(condition.gt) + 1)
    return max(bounds, default=None)


def _values_as_hits_leave(
    measure: Measure, hits: Sequence[Hit], timespan: int
) -> Iterator[ValidValue]:
    newest = max((hit.at for hit in hits), default=0)
    for last, hits_at_once in groupby(hits, key=lambda hit: hit.last):
        yield floor(measure.value(newest) or 0), last + timespan
        for hit in hits_at_once:
            measure.remove(hit)


def _merge_equal(values: Iterator[ValidValue]) -> Iterator[ValidValue]:
    for value, equal in groupby(values, key=lambda valid: valid[0]):
        yield value, max(until for _, until in equal)
