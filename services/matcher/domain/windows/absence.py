"""Absence: what was awaited after a hit, and did not come."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

Firing = tuple[int, float]
"""A time, and the value counted there."""


def absent(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time, up to the clock, at which an answer is overdue; the value is 0: nothing came.

    With two rules, a hit of the first waits for one of the second until `timespan` later, both
    ends included. With one rule it waits for a later hit of the same rule.
    """
    if state.clock is not None:
        yield from _overdue(rule, state.hits, until=state.clock)


def next_absence(rule: WindowRule, state: WindowState) -> int | None:
    """The first time after the clock at which an answer will be overdue, if none comes."""
    known = -1 if state.clock is None else state.clock
    return next((time for time, _ in _overdue(rule, state.hits) if time > known), None)


def waiting(rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]) -> tuple[Hit, ...]:
    """The hits that waited in vain until one of the times `firings`."""
    reach, times = span(rule.timespan), set(firings)
    return tuple(hit for hit in hits if hit.base == rule.bases[0] and hit.at + reach in times)


def _overdue(rule: WindowRule, hits: Sequence[Hit], until: int | None = None) -> Iterator[Firing]:
    reach = span(rule.timespan)
    asks = sorted({hit.at for hit in hits if hit.base == rule.bases[0]})
    answers = sorted(hit.at for hit in hits if hit.base == rule.bases[-1])
    find = bisect_left if len(rule.bases) > 1 else bisect_right
    for asked in asks:
        if until is not None and asked + reach > until:
            return
        answer = find(answers, asked)
        if answer == len(answers) or answers[answer] > asked + reach:
            yield asked + reach, 0.0
