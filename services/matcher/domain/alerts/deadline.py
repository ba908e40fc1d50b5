"""Deadlines: when a tick has to step the state of a window."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.evaluation import find_times
from services.matcher.domain.windows.state import NEVER, WindowState, instant, span
from services.matcher.domain.windows.window_rule import WindowRule

_AT_ONCE = 0
"""Before every clock."""


def deadline(rule: WindowRule, state: WindowState) -> datetime | None:
    """The clock time at which a tick has to step this state; None if it never has to.

    The tick resolves an alert, announces an absence, or forgets the state.
    """
    states = (state,) if state.suspicion is None else (state, state.suspicion)
    times = [time for each in states for time in _list_times(rule, each)]
    earliest = min((time for time in times if time is not None), default=None)
    return None if earliest is None else instant(earliest)


def _list_times(rule: WindowRule, state: WindowState) -> Iterator[int | None]:
    """The times at which one evaluation has to be stepped."""
    if state.pending:
        yield _AT_ONCE
    ends = state.announced.first_end
    if ends is not None:
        yield ends + span(rule.resolve_after)
    newest = _find_newest(state)
    if newest is not None:
        yield newest + span(rule.retention)
    if rule.type is CorrelationType.ABSENCE:
        yield _find_next_absence(rule, state)


def timing(rule: WindowRule) -> str:
    """All of a rule that `deadline` reads: equal for rules that agree on every state."""
    return f"{rule.type} {rule.bases} {rule.timespan} {rule.resolve_after} {rule.retention}"


def is_due(rule: WindowRule, state: WindowState, clock: datetime) -> bool:
    """Whether a tick that brings the clock to `clock` has to step this state."""
    due = deadline(rule, state)
    return due is not None and due <= clock


def _find_newest(state: WindowState) -> int | None:
    """The time of the newest that it holds; None if there is nothing to forget."""
    times = [state.hits[-1].at] if state.hits else []
    times += state.announced.lasts or ()
    times += [run.last for run in state.runs]
    times += [*state.retractions.values(), *state.dropped_live.values()]
    return max(times, default=None)


def _find_next_absence(rule: WindowRule, state: WindowState) -> int | None:
    """The first time after the clock at which an answer will be overdue; None without one."""
    times = find_times(rule, state).firings.times
    place = bisect_right(times, NEVER if state.clock is None else state.clock)
    return times[place] if place < len(times) else None
