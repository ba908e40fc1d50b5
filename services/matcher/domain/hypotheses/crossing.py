"""Crossings: when the level of a hypothesis changes, solved in time and not sampled."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp2, fsum

from services.matcher.domain.hypotheses.score import ScoreCurve

Term = tuple[float, float]
"""A coefficient and a rate: `coefficient * 2 ** (-rate * t)`."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """From `at` on the hypothesis has the level of `rank`."""

    at: int
    rank: int


def find_crossings(curve: ScoreCurve, start: Crossing, until: int) -> Iterator[Crossing]:
    """Every change of the level that follows `start`, up to `until`, in order."""
    rank, at = start.rank, find_next_crossing(curve, start)
    while at is not None and at <= until:
        rank = curve.rank_after(rank, at)
        yield Crossing(at, rank)
        at = find_next_crossing(curve, Crossing(at, rank))


def find_last_crossing(curve: ScoreCurve, start: Crossing, until: int) -> Crossing:
    """The last change of the level that follows `start`, up to `until`; `start` without any."""
    last = start
    for crossing in find_crossings(curve, start, until):
        last = crossing
    return last


def find_next_crossing(curve: ScoreCurve, start: Crossing) -> int | None:
    """The first microsecond past `start` at which the rank is another; None: it never is.

    Decay, expiry, and observations dated ahead are taken into account.
    """

    def is_left(t: int) -> bool:
        return curve.rank_after(start.rank, t) != start.rank

    last = start.at
    for stop in _find_stops(curve, start.at):
        if stop > last:
            if is_left(stop):
                return _find_change(last, stop, is_left)
            last = stop
    return None


def _find_stops(curve: ScoreCurve, after: int) -> Iterator[int]:
    """Times from `after` on, ascending: from one to the next the score only rises or only falls."""
    yield after + 1
    for start, end in pairwise([after, *curve.breakpoints(after)]):
        yield from _find_turning_points(curve, start, end)
        yield end - 1
        yield end


def _find_turning_points(curve: ScoreCurve, start: int, end: int) -> Iterator[int]:
    """The times between two breakpoints at which the score begins to rise or to fall."""
    slope: dict[float, float] = defaultdict(float)
    for indicator in curve.hypothesis.indicators:
        if indicator.half_life is not None:
            rate = 1 / indicator.half_life
            slope[rate] -= rate * curve.contribution(indicator, start)
    terms = [(coefficient, rate) for rate, coefficient in slope.items() if coefficient]
    return (start + t for t in find_sign_changes(terms, end - start - 1))


def find_sign_changes(terms: Sequence[Term], length: int) -> list[int]:
    """The times in `(0, length)` at which the sum of the terms changes its sign, rounded up.

    The rates must differ. Multiplied by `2 ** (slowest rate * t)` the sum keeps its signs, and its
    slope has one term fewer: between two sign changes of that slope it changes its own at most
    once.
    """
    if len(terms) < 2:  # noqa: PLR2004  (one term alone never changes its sign)
        return []
    slowest = min(rate for _, rate in terms)
    scaled = [(coefficient, rate - slowest) for coefficient, rate in terms]
    slope = [(-coefficient * rate, rate) for coefficient, rate in scaled if rate]

    def is_positive(t: int) -> bool:
        return fsum(coefficient * exp2(-rate * t) for coefficient, rate in scaled) > 0

    stops = [0, *find_sign_changes(slope, length), length]
    return [
        _find_change(low, high, is_positive)
        for low, high in pairwise(stops)
        if is_positive(low) != is_positive(high)
    ]


def _find_change(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The time in `(low, high]` from which on `holds` is as at `high`; it changes once at most."""
    at_high = holds(high)
    later = range(low + 1, high)
    return low + 1 + bisect_left(later, 1, key=lambda t: holds(t) == at_high)
