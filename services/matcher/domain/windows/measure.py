"""Measures: what a sliding window counts. Hits are added in order and removed in that order."""

from bisect import bisect_left, insort
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from math import ceil
from typing import Protocol

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.cluster import SharedTerm
from services.matcher.domain.windows.condition import count_key, count_tokens
from services.matcher.domain.windows.expression import Expression
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.state import Hit
from services.matcher.domain.windows.steps import follow_steps
from services.matcher.domain.windows.window_rule import WindowRule


class Measure(Protocol):
    """A value over the hits of one window."""

    def add(self, hit: Hit) -> None:
        """Count a hit that is not earlier than those before."""
        ...

    def remove_oldest(self, hit: Hit) -> None:
        """Count out the oldest hit, which is `hit`."""
        ...

    def value(self) -> float | None:
        """The value over the hits; None if no condition applies to them."""
        ...


class Distinct:
    """The number of distinct tokens of the hits."""

    def __init__(self, rule: WindowRule) -> None:
        self._rule = rule
        self._counts: Counter[str] = Counter()

    def add(self, hit: Hit) -> None:
        """Count its tokens."""
        self._counts.update(count_tokens(self._rule, hit))

    def remove_oldest(self, hit: Hit) -> None:
        """Count out its tokens."""
        count_out(self._counts, count_tokens(self._rule, hit))

    def present(self) -> Collection[str]:
        """The tokens counted."""
        return self._counts.keys()

    def value(self) -> float | None:
        """The number of distinct tokens."""
        return float(len(self._counts))


class ExpressionCount(Distinct):
    """The number of base rules that hit, while an expression over them holds."""

    def __init__(self, rule: WindowRule, expression: Expression) -> None:
        super().__init__(rule)
        self._expression = expression

    def value(self) -> float | None:
        """The number of base rules that hit; None if the expression does not hold."""
        return super().value() if self._expression.holds(self.present()) else None


class Total(Protocol):
    """A number over numbers that come and go."""

    def add(self, number: float) -> None:
        """With another number."""
        ...

    def remove(self, number: float) -> None:
        """Without one of the numbers."""
        ...

    def value(self) -> float:
        """The total of the numbers, of which there is one at least."""
        ...


class Sum:
    """The sum, correctly rounded: kept as a whole number of the least float."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, number: float) -> None:
        """As the protocol says."""
        self._sum += _count_least(number)

    def remove(self, number: float) -> None:
        """As the protocol says."""
        self._sum -= _count_least(number)

    def value(self) -> float:
        """As the protocol says."""
        return self._sum / _ONE


_DIGITS = 1074
_ONE = 1 << _DIGITS
"""How many times the least float goes into 1."""


def _count_least(number: float) -> int:
    above, below = number.as_integer_ratio()
    return above << (_DIGITS + 1 - below.bit_length())


class Average:
    """The arithmetic mean."""

    def __init__(self) -> None:
        self._sum, self._count = Sum(), 0

    def add(self, number: float) -> None:
        """As the protocol says."""
        self._sum.add(number)
        self._count += 1

    def remove(self, number: float) -> None:
        """As the protocol says."""
        self._sum.remove(number)
        self._count -= 1

    def value(self) -> float:
        """As the protocol says."""
        return self._sum.value() / self._count


class Percentile:
    """The percentile by nearest rank: the least number that `percent` of all do not exceed."""

    def __init__(self, percent: float) -> None:
        self._percent = percent
        self._sorted: list[float] = []

    def add(self, number: float) -> None:
        """As the protocol says."""
        insort(self._sorted, number)

    def remove(self, number: float) -> None:
        """As the protocol says."""
        del self._sorted[bisect_left(self._sorted, number)]

    def value(self) -> float:
        """As the protocol says."""
        return self._sorted[max(1, ceil(self._percent / 100 * len(self._sorted))) - 1]


class LatestNumbers:
    """A total over one number a key: that of its latest hit, then of the greatest identity."""

    def __init__(self, rule: WindowRule, total: Total) -> None:
        self._count_by = rule.count_by
        self._total = total
        self._latest: dict[str, float] = {}
        self._hits: Counter[str] = Counter()

    def add(self, hit: Hit) -> None:
        """Its number becomes its key's: hits are added in order."""
        key = count_key(self._count_by, hit)
        if key in self._latest:
            self._total.remove(self._latest[key])
        self._hits[key] += 1
        self._latest[key] = float(hit.values[0])
        self._total.add(self._latest[key])

    def remove_oldest(self, hit: Hit) -> None:
        """Its key goes with its last hit."""
        key = count_key(self._count_by, hit)
        self._hits[key] -= 1
        if not self._hits[key]:
            self._total.remove(self._latest.pop(key))
            del self._hits[key]

    def value(self) -> float | None:
        """The total of the numbers; None if there are none."""
        return self._total.value() if self._latest else None


_NEVER = -(2**63)


class OrderedCount:
    """How many of the base rules hit one after the other, in the order in which they are named."""

    def __init__(self, rule: WindowRule) -> None:
        self._bases = rule.bases
        self._hits: deque[Hit] = deque()

    def add(self, hit: Hit) -> None:
        """Append it."""
        self._hits.append(hit)

    def remove_oldest(self, hit: Hit) -> None:  # noqa: ARG002  (it is the first one)
        """Remove the first."""
        self._hits.popleft()

    def value(self) -> float | None:
        """The number of base rules, from the first on, that hit in order.

        A hit comes before another if some time of it is not after it: equal times fit any order.
        """
        return float(len(follow_steps(self._bases, self._hits)))


class OrderedEvents:
    """The same count over events without length, in order: what another one costs is bounded.

    For each base rule it keeps the latest time at which events up to it in order can begin: so far
    the order is reached while that time lies in the window.
    """

    def __init__(self, rule: WindowRule) -> None:
        self._bases = rule.bases
        self._begins = [_NEVER] * len(rule.bases)
        self._removed_until = _NEVER
        self._at = _NEVER
        self._at_once: set[str] = set()

    def add(self, hit: Hit) -> None:
        """Those of its base rule, and of what follows at the same time, may begin later now."""
        if hit.at != self._at:
            self._at, self._at_once = hit.at, set()
        self._at_once.add(hit.base)
        begins = hit.at
        for place, base in enumerate(self._bases):
            if base in self._at_once:
                self._begins[place] = max(self._begins[place], begins)
            begins = self._begins[place]

    def remove_oldest(self, hit: Hit) -> None:
        """The window begins after it: events of one time are removed together."""
        self._removed_until = hit.at

    def value(self) -> float | None:
        """The number of base rules, from the first on, that hit in order."""
        return float(sum(begins > self._removed_until for begins in self._begins))


_TOTALS: Mapping[CorrelationType, Callable[[Condition], Total]] = {
    CorrelationType.VALUE_SUM: lambda _condition: Sum(),
    CorrelationType.VALUE_AVG: lambda _condition: Average(),
    CorrelationType.VALUE_PERCENTILE: lambda condition: Percentile(
        50 if condition.percentile is None else condition.percentile
    ),
}


def make_measure(rule: WindowRule) -> Measure:
    """The measure of `rule`, without hits."""
    if rule.expression is not None:
        return ExpressionCount(rule, rule.expression)
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        has_length = rule.counts_alerts or rule.certain
        return OrderedCount(rule) if has_length else OrderedEvents(rule)
    if rule.type is CorrelationType.SHARED_TERM:
        return SharedTerm(rule.similarity)
    total = None if rule.type is None else _TOTALS.get(rule.type)
    return Distinct(rule) if total is None else LatestNumbers(rule, total(rule.condition))
