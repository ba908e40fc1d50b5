"""Margins: what may come and go behind firing times before they have to be asked again."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from schemas.rule import Condition
from services.matcher.domain.windows.condition import find_bounds

MOST_TIMES = 16
"""Times that are asked again together."""
_ROUNDING = 1e-9
_HALF = 0.5


class Margins(NamedTuple):
    """What may be added to the hits behind some times, and removed, in weights of hits.

    The rule fires at the same ones of them while no more is. What begins before `free_before`, or
    behind `free_behind`, may be added whatever it weighs; what began before `lost_before` may go.
    """

    added: float
    removed: float
    free_before: float = -inf
    free_behind: float = inf
    lost_before: float = -inf

    def least(self, other: "Margins") -> "Margins":
        """What leaves the times of both as they are."""
        return Margins(
            min(self.added, other.added),
            min(self.removed, other.removed),
            min(self.free_before, other.free_before),
            max(self.free_behind, other.free_behind),
            min(self.lost_before, other.lost_before),
        )

    @property
    def is_spent(self) -> bool:
        """Whether more came or went."""
        return self.added < 0 or self.removed < 0


UNLIMITED = Margins(inf, inf, inf, -inf, inf)
NOTHING = Margins(0, 0)
"""Any hit may change whether the rule fires."""


class Move(NamedTuple):
    """By how much a hit that comes may raise and lower what is counted; reversed if it goes."""

    rises: float
    falls: float = 0


class Weight(NamedTuple):
    """What a hit that begins at `first` takes of margins."""

    first: int
    added: float
    removed: float


@dataclass(slots=True)
class _KnownTimes:
    """The times from `first` to `last`, of which `size` were asked together."""

    first: int
    last: int
    size: int
    margins: Margins


@dataclass(slots=True)
class MarginsByTime:
    """The margins of the times of a window, as far as they are known. It changes with its hits.

    Of `most` times that were asked together none is forgotten for one before them.
    """

    most: int
    _known: list[_KnownTimes] = field(default_factory=list)

    def spend(self, first: int, last: int, weights: Sequence[Weight]) -> None:
        """Hits came or went that times from `first` to `last` may depend on."""
        here = self._find(first, last)
        self._known[here] = [known for known in self._known[here] if _keeps(known, weights)]

    def insert(self, times: Sequence[int]) -> None:
        """Forget what is known around times that have to be asked."""
        for time in times:
            place = bisect_left(self._known, time, key=lambda known: known.last)
            known = self._known[place : place + 1]
            if known and (known[0].first <= time or known[0].size < self.most):
                del self._known[place]

    def forget_until(self, last: int) -> None:
        """Forget what is known of times up to a time, some of whose hits are held no more."""
        del self._known[: self._find(last, last).stop]

    def add(self, first: int, last: int, size: int, margins: Margins) -> None:
        """Margins of the times from `first` to `last`, none of which is known."""
        place = bisect_left(self._known, first, key=lambda known: known.first)
        self._known.insert(place, _KnownTimes(first, last, size, margins))

    def list_unknown(self, first: int, last: int) -> list[tuple[int, int]]:
        """The first and last of times from `first` to `last` that have to be asked."""
        unknown = []
        for known in self._known[self._find(first, last)]:
            if first < known.first:
                unknown.append((first, known.first - 1))
            first = known.last + 1
        return [*unknown, (first, last)] if first <= last else unknown

    def _find(self, first: int, last: int) -> slice:
        start = bisect_left(self._known, first, key=lambda known: known.last)
        return slice(start, bisect_left(self._known, last + 1, key=lambda known: known.first))


def _keeps(known: _KnownTimes, weights: Sequence[Weight]) -> bool:
    added, removed, *free = known.margins
    free_before, free_behind, lost_before = free
    for weight in weights:
        added -= weight.added if free_before <= weight.first <= free_behind else 0
        removed -= weight.removed if weight.first >= lost_before else 0
    known.margins = Margins(added, removed, *free)
    return not known.margins.is_spent


def list_slacks(condition: Condition, value: float) -> Iterator[tuple[float, float]]:
    """For each bound, by how much a value may rise and fall until it is at it, or past it."""
    for name, bound in find_bounds(condition).items():
        yield _SLACKS[name](value, bound)


def count_slack(condition: Condition, count: int) -> Margins:
    """By how much a whole number may rise and fall while the condition stays as it is."""
    slacks = [UNLIMITED, *(Margins(*slack) for slack in list_slacks(condition, count))]
    return Margins(min(slack.added for slack in slacks), min(slack.removed for slack in slacks))


def rises_only(condition: Condition) -> bool:
    """Whether a greater value never fails a condition that a smaller one meets."""
    return find_bounds(condition).keys() <= {"gt", "gte"}


def _slack_at_least(value: float, bound: float) -> tuple[float, float]:
    return (inf, value - bound) if value >= bound else (bound - value - _HALF, inf)


def _slack_above(value: float, bound: float) -> tuple[float, float]:
    return (inf, value - bound - _HALF) if value > bound else (bound - value, inf)


def _slack_equal(value: float, bound: float) -> tuple[float, float]:
    if value == bound:
        return 0, 0
    return (bound - value - _HALF, inf) if value < bound else (inf, value - bound - _HALF)


_SLACKS: Mapping[str, Callable[[float, float], tuple[float, float]]] = {
    "gte": _slack_at_least,
    "lt": _slack_at_least,
    "gt": _slack_above,
    "lte": _slack_above,
    "eq": _slack_equal,
    "neq": _slack_equal,
}


def list_number_slacks(distance: float, rounding: float) -> Margins:
    """By how much a number may rise and fall that is so far above a bound, or below it."""
    slack = (abs(distance) - rounding) * (1 - _ROUNDING)
    if not distance:
        return NOTHING
    return Margins(inf, slack) if distance > 0 else Margins(slack, inf)


def number_margins(distances: Sequence[float]) -> Margins:
    """Margins of numbers that any hit may move up or down by its weight, by distances to bounds."""
    half = min(distances, default=inf) * (1 - _ROUNDING) / 2
    return Margins(half, half)
