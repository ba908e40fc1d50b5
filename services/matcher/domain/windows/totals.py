"""Totals: one number over numbers that come and go."""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from math import ceil
from typing import Protocol

from schemas.rule import Condition, CorrelationType


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


TOTALS: Mapping[CorrelationType, Callable[[Condition], Total]] = {
    CorrelationType.VALUE_SUM: lambda _condition: Sum(),
    CorrelationType.VALUE_AVG: lambda _condition: Average(),
    CorrelationType.VALUE_PERCENTILE: lambda condition: Percentile(
        50 if condition.percentile is None else condition.percentile
    ),
}
