"""Absence: a hit that no answer followed in time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, takewhile

from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

Firing = tuple[int, float]
"""A time, and the value counted there."""


def find_absences(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time up to the clock at which an answer is overdue; the value is 0.

    With two base rules, a hit of the second answers one of the first up to `timespan` later, both
    ends included. With one, a later hit of the same rule does. The alert of a base rule waits from
    its last firing time on, and answers with any time of it.
    """
    if state.clock is not None:
        yield from _find_overdue(rule, state.hits, state.clock)


def find_unanswered(
    rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]
) -> tuple[Hit, ...]:
    """The hits whose answer was overdue at one of the times `firings`."""
    timespan, times = span(rule.timespan), set(firings)
    return tuple(hit for hit in hits if hit.base == rule.bases[0] and hit.at + timespan in times)


def find_answers(
    rule: WindowRule, hits: Ordered[Hit], first: int, last: int
) -> tuple[int, Sequence[Hit]]:
    """Behind what time changes from `first` to `last` decide, and the hits that decide with them.

    What waits before the answer before them has that one.
    """
    begin, answers = first - span(rule.timespan) - 1, rule.bases[-1]
    before = takewhile(lambda hit: hit.at > begin, hits.backwards(first - 1))
    answered = next((hit.at - 1 for hit in before if hit.base == answers), begin)
    return answered, [*hits.between(answered, last), *_find_next_answers(rule, hits, last)]


def _find_next_answers(rule: WindowRule, hits: Ordered[Hit], last: int) -> Sequence[Hit]:
    """The first answer behind a time, and those that begin before it and last longer."""
    answers, end = rule.bases[-1], last + span(rule.timespan)
    following = list(islice(filter(lambda hit: hit.base == answers, hits.forwards(last, end)), 1))
    if not rule.counts_alerts:
        return following
    behind, begins = (following[0].at - 1, following[0].first - 1) if following else (end, end)
    return [*following, *(hit for hit in hits.overlapping(behind, begins) if hit.base == answers)]


def _find_overdue(rule: WindowRule, hits: Sequence[Hit], until: int) -> Iterator[Firing]:
    timespan = span(rule.timespan)
    asked = sorted({hit.last for hit in hits if hit.base == rule.bases[0]})
    answers = sorted((hit.last, hit.first) for hit in hits if hit.base == rule.bases[-1])
    ends = [last for last, _first in answers]
    begins_after = list(accumulate((first for _last, first in reversed(answers)), min))[::-1]
    find = bisect_left if len(rule.bases) > 1 else bisect_right
    for time in asked:
        overdue = time + timespan
        if overdue > until:
            return
        answer = find(ends, time)
        if answer == len(answers) or begins_after[answer] > overdue:
            yield overdue, 0.0
