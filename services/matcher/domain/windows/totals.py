"""Totals: one number over numbers that come and go."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from math import ceil, inf
from typing import Protocol

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.condition import find_bounds
from services.matcher.domain.windows.margins import Margins, Move, list_number_slacks

_ROUNDING = 1e-12
_MANY = 1e6
"""More numbers than a window holds."""


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

    def find_margins(self, condition: Condition, largest: float) -> Margins:
        """What may come and go, of numbers up to `largest`, while the condition stays as it is."""
        ...

    def weigh(self, number: float, condition: Condition, largest: float) -> float:
        """What a number takes of margins that comes, goes, or takes the place of another one."""
        ...

    def move(self, number: float, condition: Condition) -> Move:
        """The same of a number that comes, or goes, and takes no other's place."""
        ...


class Sum:
    """The sum, correctly rounded: kept as a whole number of the least float."""

    def __init__(self) -> None:
        self._sum = self._count = 0

    def add(self, number: float) -> None:
        """As the protocol says."""
        self._sum += count_least(number)
        self._count += 1

    def remove(self, number: float) -> None:
        """As the protocol says."""
        self._sum -= count_least(number)
        self._count -= 1

    def value(self) -> float:
        """As the protocol says."""
        return self._sum / LEAST_IN_ONE

    def find_margins(self, condition: Condition, largest: float) -> Margins:
        """As the protocol says."""
        bounds, total = find_bounds(condition).values(), self.value()
        slacks = [list_number_slacks(total - at, abs(at) * _ROUNDING) for at in bounds]
        return _find_least(slacks, (self._count - 1) * largest)

    def weigh(self, number: float, _condition: Condition, largest: float) -> float:
        """As the protocol says."""
        return abs(number) + largest

    def move(self, number: float, _condition: Condition) -> Move:
        """As the protocol says."""
        return Move(max(number, 0), max(-number, 0))


_DIGITS = 1074
LEAST_IN_ONE = 1 << _DIGITS
"""How many times the least float goes into 1."""


def count_least(number: float) -> int:
    """How many times the least float goes into a number: sums of such are exact."""
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

    def find_margins(self, condition: Condition, largest: float) -> Margins:
        """As the protocol says: of the sum of what each number is above a bound."""
        total, count = self._sum.value(), self._count
        slacks = [
            list_number_slacks(total - at * count, abs(at) * (count + _MANY) * _ROUNDING)
            for at in find_bounds(condition).values()
        ]
        return _find_least(slacks, (count - 1) * largest)

    def weigh(self, number: float, condition: Condition, largest: float) -> float:
        """As the protocol says."""
        return abs(number) + largest + 2 * max(map(abs, find_bounds(condition).values()), default=0)

    def move(self, number: float, condition: Condition) -> Move:
        """As the protocol says."""
        above = [number - at for at in find_bounds(condition).values()]
        return Move(max([0, *above]), max([0, *(-distance for distance in above)]))


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
        return self._sorted[self._rank - 1]

    @property
    def _rank(self) -> int:
        return max(1, ceil(self._percent / 100 * len(self._sorted)))

    def find_margins(self, condition: Condition, _largest: float) -> Margins:
        """As the protocol says: of what is left of the share of all that may be below a bound."""
        bounds, size = find_bounds(condition).values(), len(self._sorted)
        below = [find(self._sorted, at) for at in bounds for find in (bisect_left, bisect_right)]
        slacks = [list_number_slacks(self._share * size - number, _NEARLY) for number in below]
        return _find_least(slacks, size - 1)

    @property
    def _share(self) -> float:
        return max(self._percent / 100, _SMALLEST_SHARE)

    def weigh(self, _number: float, _condition: Condition, _largest: float) -> float:
        """As the protocol says."""
        return 1

    def move(self, number: float, condition: Condition) -> Move:
        """As the protocol says."""
        bounds = find_bounds(condition).values()
        is_above = number >= min(bounds, default=number)
        is_below = number <= max(bounds, default=number)
        return Move(self._share * is_above, (1 - self._share) * is_below)


_NEARLY = 1e-6
_SMALLEST_SHARE = 1e-9
"""Of so many numbers as a window holds, less than one."""


def _find_least(slacks: Sequence[Margins], to_lose: float) -> Margins:
    """What leaves all as they are, and one number at least."""
    return Margins(
        min((slack.added for slack in slacks), default=inf),
        min([to_lose, *(slack.removed for slack in slacks)]),
    )


TOTALS: Mapping[CorrelationType, Callable[[Condition], Total]] = {
    CorrelationType.VALUE_SUM: lambda _condition: Sum(),
    CorrelationType.VALUE_AVG: lambda _condition: Average(),
    CorrelationType.VALUE_PERCENTILE: lambda condition: Percentile(
        50 if condition.percentile is None else condition.percentile
    ),
}
