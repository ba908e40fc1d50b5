"""Belated runs: what hits bring where all is settled."""

from collections.abc import Iterator

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.evaluation import find_times
from services.matcher.domain.windows.state import NEVER, FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


def find_belated_runs(
    rule: WindowRule, state: WindowState, hit: Hit, *, is_known: bool
) -> tuple[FiringRun, ...]:
    """A run for each settled time at which a window with a new hit, or a newer revision, fires.

    Those that a run has are left out: joined with it they change nothing, and there may be a
    thousand of them for each hit, while all runs have to fit the head of the state.
    Windows count the hits still in state; no firing time that is settled is taken back. A revision
    of a known hit does not bring back what is forgotten.
    """
    if state.settled_until is None or hit.at > state.settled_until:
        return ()
    forgotten_until = state.settled_until - span(rule.look_back)
    after = max(hit.first, forgotten_until + 1) if is_known else hit.first
    until = min(state.settled_until, hit.at + span(rule.look_back) - 1)
    return tuple(
        FiringRun(start=time, firings=(time,), value=value)
        for time, value in _find_between(rule, state, after, until)
    )


def _find_between(
    rule: WindowRule, state: WindowState, after: int, until: int
) -> Iterator[tuple[int, float]]:
    """The firing times that no run has, with what their windows hold."""
    if rule.type is CorrelationType.ABSENCE:
        until = min(until, NEVER if state.clock is None else state.clock)
    times = find_times(rule, state)
    here = times.firings.find(after, until)
    known = _list_settled(state, after, until) if here.start < here.stop else frozenset[int]()
    for place in range(here.start, here.stop):
        if times.firings.times[place] not in known:
            yield times.firings.times[place], times.find_value(place)


def _list_settled(state: WindowState, after: int, until: int) -> frozenset[int]:
    """The firing times of runs, of those that reach into this stretch."""
    near = (run for run in state.runs if run.last >= after and run.start <= until)
    return frozenset(time for run in near for time in run.firings)
