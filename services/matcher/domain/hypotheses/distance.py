"""Distance: how far the window of an indicator is from firing, and for how long."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from math import ceil, floor
from typing import NamedTuple

import msgspec

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.alerts.evaluation import find_pass, recall
from services.matcher.domain.hypotheses.held_tokens import HeldTokens
from services.matcher.domain.windows.durations import round_duration
from services.matcher.domain.windows.measure import OrderedCount
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.passes import CountingPass
from services.matcher.domain.windows.state import Hit, WindowState, micros, span
from services.matcher.domain.windows.window import window_hits
from services.matcher.domain.windows.window_rule import WindowRule

COARSE_VALUES = 16
"""In so many steps the values behind the present one are listed, where more are required."""

MOST_VALUES = 64
"""Values that are listed; a sum of numbers below 0 too may rise and fall."""

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

    `values` has the present value first, then those that are left as hits leave the window. Where
    much is required, these are listed in steps, each with what is left at its end.
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

    None: it holds no hit that counts, it fires, or the rule is of no type that is COUNTED. Asked
    hit by hit it costs what each changes.
    """
    required = _find_required(rule)
    if required is None:
        return None
    list_values = _list_ordered if rule.type is CorrelationType.TEMPORAL_ORDERED else _list_counted
    values = list_values(rule, state, micros(clock), required)
    below = tuple(takewhile(lambda value: 0 < value[0] < required, values))
    return Distance(required, below[:MOST_VALUES]) if below else None


def _list_counted(
    rule: WindowRule, state: WindowState, clock: int, required: int
) -> Iterator[ValidValue]:
    known, timespan = recall(rule, state), span(rule.timespan)
    if known.distance is None:
        known.distance = HeldTokens(rule)
    tokens: HeldTokens = known.distance
    tokens.follow(state.hits, clock)
    step, unit = ceil(required / COARSE_VALUES), tokens.unit

    def count_whole(total: int) -> int:
        return floor(total / unit)

    totals = tokens.totals.list_totals(
        clock - timespan, count_whole, lambda total: count_whole(total) // step
    )
    return ((count_whole(total), last + timespan) for total, last in totals)


def _list_ordered(
    rule: WindowRule, state: WindowState, clock: int, _required: int
) -> Iterator[ValidValue]:
    """Of bases that hit in order, how many still do as the chains of hits leave."""
    begins, timespan = _find_begins(rule, state, clock), span(rule.timespan)
    for leaving in sorted({time for time in begins if time > clock - timespan}):
        yield sum(time >= leaving for time in begins), leaving + timespan


class _Chains(NamedTuple):
    """When chains of these hits begin."""

    hits: Ordered[Hit]
    begins: Sequence[int]


def _find_begins(rule: WindowRule, state: WindowState, clock: int) -> Sequence[int]:
    """When the chains begin that begin last, of the first base, the first two, and so on."""
    if not state.hits or state.hits[-1].at > clock:
        return _follow_chains(rule, state, clock)
    known = recall(rule, state)
    if known.distance is None or known.distance.hits is not state.hits:
        passing = find_pass(rule, state, state.hits[-1].at)
        measure = passing.measure if isinstance(passing, CountingPass) else None
        if isinstance(measure, OrderedCount):
            begins = measure.begins
        else:
            begins = _follow_chains(rule, state, clock)
        known.distance = _Chains(state.hits, tuple(begins))
    chains: _Chains = known.distance
    return chains.begins


def _follow_chains(rule: WindowRule, state: WindowState, clock: int) -> Sequence[int]:
    """The same by a look at all hits of the window, until the last of them ends."""
    measure = OrderedCount(rule)
    hits = window_hits(rule, state.hits, clock)
    for hit in sorted(hits, key=lambda hit: hit.first):
        measure.add(hit)
    measure.value(max((hit.at for hit in hits), default=clock))
    return measure.begins


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
