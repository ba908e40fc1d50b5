"""Firing difference: in which times two runs differ, of those before and those after a change."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from services.matcher.domain.windows.ordered import count_ends
from services.matcher.domain.windows.state import NEVER, FiringRun


def has_time(run: FiringRun, time: int) -> bool:
    """Whether a run fires at a time."""
    place = bisect_left(run.firings, time)
    return run.firings[place : place + 1] == (time,)


def list_outside(run: FiringRun, first: int, last: int) -> tuple[Sequence[int], Sequence[int]]:
    """The times of the run before `first`, and those behind `last`."""
    before, behind = bisect_left(run.firings, first), bisect_right(run.firings, last)
    return run.firings[:before], run.firings[behind:]


def find_around(run: FiringRun, first: int, last: int) -> tuple[int | None, int | None]:
    """The time of the run next before `first`, and the one next behind `last`."""
    before = bisect_left(run.firings, first)
    behind = bisect_right(run.firings, last)
    return (
        run.firings[before - 1] if before else None,
        run.firings[behind] if behind < len(run.firings) else None,
    )


def find_before(firings: Sequence[int], time: int) -> int:
    """The firing time next before a time; one before all times if there is none."""
    place = bisect_left(firings, time)
    return firings[place - 1] if place else NEVER


def find_differing_times(one: Sequence[int], other: Sequence[int]) -> tuple[int, int]:
    """The time before which both have the same, and that behind which they do; all are sorted."""
    start, end = count_ends(one, other)
    parts = (one[start : len(one) - end], other[start : len(other) - end])
    last = max((part[-1] for part in parts if part), default=NEVER)
    return (one[start - 1] if start else NEVER), last
