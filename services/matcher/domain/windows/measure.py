"""Measures: what a sliding window counts. Hits are added in order and removed in that order."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from math import ceil, fsum
from typing import Protocol

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.cluster import SharedTerm
from services.matcher.domain.windows.condition import count_key, count_tokens
from services.matcher.domain.windows.expression import Expression
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
        for token in count_tokens(self._rule, hit):
            self._counts[token] -= 1
            if not self._counts[token]:
                del self._counts[token]

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


class LatestNumbers:
    """A total over one number a key: that of its latest hit, then of the greatest identity."""

    def __init__(self, rule: WindowRule, total: Callable[[Iterable[float]], float]) -> None:
        self._count_by = rule.count_by
        self._total = total
        self._latest: dict[str, float] = {}
        self._hits: Counter[str] = Counter()

    def add(self, hit: Hit) -> None:
        """Its number becomes its key's: hits are added in order."""
        key = count_key(self._count_by, hit)
        self._hits[key] += 1
        self._latest[key] = float(hit.values[0])

    def remove_oldest(self, hit: Hit) -> None:
        """Its key goes with its last hit."""
        key = count_key(self._count_by, hit)
        self._hits[key] -= 1
        if not self._hits[key]:
            del self._hits[key], self._latest[key]

    def value(self) -> float | None:
        """The total of the numbers; None if there are none."""
        return self._total(self._latest.values()) if self._latest else None


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


def average(numbers: Iterable[float]) -> float:
    """The arithmetic mean."""
    listed = list(numbers)
    return fsum(listed) / len(listed)


def nearest_rank(percent: float) -> Callable[[Iterable[float]], float]:
    """The percentile by nearest rank: the least number that `percent` of all do not exceed."""

    def percentile(numbers: Iterable[float]) -> float:
        ordered = sorted(numbers)
        return ordered[max(1, ceil(percent / 100 * len(ordered))) - 1]

    return percentile


def _make_percentile(condition: Condition) -> Callable[[Iterable[float]], float]:
    return nearest_rank(50 if condition.percentile is None else condition.percentile)


_TOTALS: Mapping[CorrelationType, Callable[[Condition], Callable[[Iterable[float]], float]]] = {
    CorrelationType.VALUE_SUM: lambda _condition: fsum,
    CorrelationType.VALUE_AVG: lambda _condition: average,
    CorrelationType.VALUE_PERCENTILE: _make_percentile,
}


def make_measure(rule: WindowRule) -> Measure:
    """The measure of `rule`, without hits."""
    if rule.expression is not None:
        return ExpressionCount(rule, rule.expression)
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        return OrderedCount(rule)
    if rule.type is CorrelationType.SHARED_TERM:
        return SharedTerm(rule.similarity)
    total = None if rule.type is None else _TOTALS.get(rule.type)
    return Distinct(rule) if total is None else LatestNumbers(rule, total(rule.condition))
