"""Crossings: when the level of a hypothesis changes, solved in time and not sampled."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from services.matcher.domain.hypotheses.score import Course

Term = tuple[float, float]
"""A coefficient and a rate: `coefficient * 2 ** (-rate * t)`."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """From `at` on the hypothesis has the level of `rank`."""

    at: int
    rank: int


def crossings(course: Course, rank: int, after: int, until: int) -> Iterator[Crossing]:
    """Every change of the level in `(after, until]`, one after the other."""
    at = next_crossing(course, rank, after)
    while at is not None and at <= until:
        rank = course.hypothesis.rank_after(rank, course.score(at))
        yield Crossing(at, rank)
        at = next_crossing(course, rank, at)


def next_crossing(course: Course, rank: int, after: int) -> int | None:
    """The first microsecond past `after` at which the level is no longer `rank`; None: it stays.

    What is to come is what is known now: decay, expiry, and observations dated ahead.
    """

    def moved(t: int) -> bool:
        return course.hypothesis.rank_after(rank, course.score(t)) != rank

    if moved(after + 1):
        return after + 1
    edges = [after, *course.breaks(after)]
    for start, end in pairwise(edges):
        # up to each of these stops the score runs one way
        for low, high in pairwise([start, *_turning(course, start, end), end - 1, end]):
            if high > after and moved(high):
                return _first(low, high, moved)
    return None


def _turning(course: Course, start: int, end: int) -> Iterator[int]:
    """The times between two breaks at which the score turns from falling to rising or back."""
    slope: dict[float, float] = defaultdict(float)
    for indicator in course.hypothesis.indicators:
        if indicator.half_life is not None:
            rate = 1 / indicator.half_life
            slope[rate] -= rate * course.worth(indicator, start)
    terms = [(coefficient, rate) for rate, coefficient in slope.items() if coefficient]
    return (start + turn for turn in turns(terms, end - start - 1))


def turns(terms: Sequence[Term], length: int) -> list[int]:
    """The times in `(0, length)` at which the sum of the terms changes its sign, rounded up.

    The rates must differ. Times `2 ** (slowest rate * t)` the sum keeps its signs, and its slope
    has a term less: between the turns of that slope it changes its sign once at most.
    """
    if len(terms) < 2:  # noqa: PLR2004  (one term alone never changes its sign)
        return []
    slowest = min(rate for _, rate in terms)
    scaled = [(coefficient, rate - slowest) for coefficient, rate in terms]
    slope = [(-coefficient * rate, rate) for coefficient, rate in scaled if rate]

    def positive(t: int) -> bool:
        return fsum(coefficient * 2.0 ** (-rate * t) for coefficient, rate in scaled) > 0

    bounds = [0, *turns(slope, length), length]
    return [
        _first(low, high, positive if positive(high) else lambda t: not positive(t))
        for low, high in pairwise(bounds)
        if positive(low) != positive(high)
    ]


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first time past `low` at which that holds which does at `high` and stays so."""
    return bisect_left(range(high), 1, lo=low + 1, key=holds)
