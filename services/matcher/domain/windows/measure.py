"""Measures: what a sliding window counts. Hits come in order and leave in the same order."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import groupby
from math import ceil, fsum
from typing import Protocol

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.cluster import SharedTerm
from services.matcher.domain.windows.condition import counted_by, tokens
from services.matcher.domain.windows.expression import Expression
from services.matcher.domain.windows.state import Hit
from services.matcher.domain.windows.window_rule import WindowRule


class Measure(Protocol):
    """The hits of one window, and what they come to."""

    def take(self, hit: Hit) -> None:
        """A hit enters."""
        ...

    def drop(self, hit: Hit) -> None:
        """The oldest hit leaves."""
        ...

    def value(self) -> float | None:
        """What the hits come to; None where there is nothing to judge."""
        ...


class Distinct:
    """How many different tokens the hits have."""

    def __init__(self, rule: WindowRule) -> None:
        self._rule = rule
        self._counts: Counter[str] = Counter()

    def take(self, hit: Hit) -> None:
        """Count its tokens in."""
        self._counts.update(tokens(self._rule, hit))

    def drop(self, hit: Hit) -> None:
        """Count its tokens out."""
        for token in tokens(self._rule, hit):
            self._counts[token] -= 1
            if not self._counts[token]:
                del self._counts[token]

    def present(self) -> Collection[str]:
        """The tokens that are there."""
        return self._counts.keys()

    def value(self) -> float | None:
        """The number of different tokens."""
        return float(len(self._counts))


class Expressed(Distinct):
    """As Distinct over base rules, where the rule's expression over them holds."""

    def __init__(self, rule: WindowRule, expression: Expression) -> None:
        super().__init__(rule)
        self._expression = expression

    def value(self) -> float | None:
        """The number of base rules that hit; None where the expression does not hold."""
        return super().value() if self._expression.holds(self.present()) else None


class Numbers:
    """One number a key: that of its latest hit, and of hits at one time the greatest identity's."""

    def __init__(self, rule: WindowRule, total: Callable[[Iterable[float]], float]) -> None:
        self._count_by = rule.count_by
        self._total = total
        self._latest: dict[str, float] = {}
        self._hits: Counter[str] = Counter()

    def take(self, hit: Hit) -> None:
        """Its number is now its key's: hits come in order."""
        key = counted_by(self._count_by, hit)
        self._hits[key] += 1
        self._latest[key] = float(hit.values[0])

    def drop(self, hit: Hit) -> None:
        """Its key goes with its last hit."""
        key = counted_by(self._count_by, hit)
        self._hits[key] -= 1
        if not self._hits[key]:
            del self._hits[key], self._latest[key]

    def value(self) -> float | None:
        """The numbers brought together; None where there are none."""
        return self._total(self._latest.values()) if self._latest else None


class Ordered:
    """How many of the base rules hit one after the other, in the order they are named."""

    def __init__(self, rule: WindowRule) -> None:
        self._bases = rule.bases
        self._hits: deque[Hit] = deque()

    def take(self, hit: Hit) -> None:
        """Append it."""
        self._hits.append(hit)

    def drop(self, hit: Hit) -> None:  # noqa: ARG002  (it is the first one)
        """Let the first go."""
        self._hits.popleft()

    def value(self) -> float | None:
        """The longest beginning of the order that is there. Equal times have no order."""
        reached = 0
        for _time, together in groupby(self._hits, key=lambda hit: hit.at):
            reached = self._advanced(reached, {hit.base for hit in together})
        return float(reached)

    def _advanced(self, reached: int, bases: set[str]) -> int:
        while reached < len(self._bases) and self._bases[reached] in bases:
            reached += 1
        return reached


def average(numbers: Iterable[float]) -> float:
    """The arithmetic mean."""
    known = list(numbers)
    return fsum(known) / len(known)


def nearest_rank(percent: float) -> Callable[[Iterable[float]], float]:
    """The percentile by nearest rank: the least number that `percent` of all do not exceed."""

    def percentile(numbers: Iterable[float]) -> float:
        ordered = sorted(numbers)
        return ordered[max(1, ceil(percent / 100 * len(ordered))) - 1]

    return percentile


def _percentile(condition: Condition) -> Callable[[Iterable[float]], float]:
    return nearest_rank(50 if condition.percentile is None else condition.percentile)


_TOTALS: Mapping[CorrelationType, Callable[[Condition], Callable[[Iterable[float]], float]]] = {
    CorrelationType.VALUE_SUM: lambda _condition: fsum,
    CorrelationType.VALUE_AVG: lambda _condition: average,
    CorrelationType.VALUE_PERCENTILE: _percentile,
}


def measure_of(rule: WindowRule) -> Measure:
    """An empty measure for a window of `rule`."""
    if rule.expression is not None:
        return Expressed(rule, rule.expression)
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        return Ordered(rule)
    if rule.type is CorrelationType.SHARED_TERM:
        return SharedTerm(rule.similarity)
    total = None if rule.type is None else _TOTALS.get(rule.type)
    return Distinct(rule) if total is None else Numbers(rule, total(rule.condition))
