"""Evaluation: the episodes of a window, kept up to date with its states."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.episodes import (
    Episode,
    build_episode,
    join_runs,
    join_settled,
)
from services.matcher.domain.alerts.tally_change import TalliedRun, TallyChange, compares_levels
from services.matcher.domain.alerts.time_range import ALWAYS, NO_TIMES, TimeRange
from services.matcher.domain.windows.changed_hits import ChangedHits
from services.matcher.domain.windows.firing_pass import FiringPass
from services.matcher.domain.windows.firing_times import FiringTimes
from services.matcher.domain.windows.ordered import Ordered, count_ends, find_difference
from services.matcher.domain.windows.state import FOREVER, NEVER, FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window_rule import NO_TIME, WindowRule


def find_episodes(rule: WindowRule, state: WindowState) -> tuple[Episode, ...]:
    """The episodes of a state, by start; from those of the state that it was made of, if known."""
    return evaluate(rule, state).episodes


def evaluate(rule: WindowRule, state: WindowState) -> "Evaluation":
    """The evaluation that went along with a state, brought up to date with it."""
    known = _recall(rule, state)
    known.follow(state)
    return known


def _recall(rule: WindowRule, state: WindowState) -> "Evaluation":
    known: Evaluation | None = state.evaluation
    if known is None or known.rule is not rule or known.since != state.since:
        known = Evaluation(rule, state.since)
        msgspec.structs.force_setattr(state, "evaluation", known)
    return known


def find_times(rule: WindowRule, state: WindowState) -> FiringTimes:
    """The firing times of a state, of an absence whatever the clock."""
    known = _recall(rule, state)
    known.follow_times(state)
    return known.times


def find_pass(rule: WindowRule, state: WindowState, t: int) -> FiringPass | None:
    """The pass that has counted the hits of a state, if t is the time of the last of them."""
    known: Evaluation | None = state.evaluation
    if known is None or known.rule is not rule or known.times.hits is not state.hits:
        return None
    return known.times.find_pass(t)


def find_belated_runs(
    rule: WindowRule, state: WindowState, hit: Hit, *, is_known: bool
) -> tuple[FiringRun, ...]:
    """A run for each settled time at which a window with a new hit, or a newer revision, fires.

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
    if rule.type is CorrelationType.ABSENCE:
        until = min(until, NEVER if state.clock is None else state.clock)
    times = find_times(rule, state)
    here = times.firings.find(after, until)
    for place in range(here.start, here.stop):
        yield times.firings.times[place], times.find_value(place)


def find_next_absence(rule: WindowRule, state: WindowState) -> int | None:
    """The first time after the clock at which an answer will be overdue; None without one."""
    times = find_times(rule, state).firings.times
    place = bisect_right(times, NEVER if state.clock is None else state.clock)
    return times[place] if place < len(times) else None


@dataclass(slots=True)
class Evaluation:
    """The firing times, runs and episodes of one window at a time: it goes along with its states.

    They are those that `alerts.episodes` finds. It is no part of a state's value: asked for a state
    that it has left behind, it goes back.
    """

    rule: WindowRule
    since: int | None
    times: FiringTimes = field(init=False)
    episodes: tuple[Episode, ...] = ()
    _starts: list[int] = field(default_factory=list)
    _known: list[TalliedRun] = field(default_factory=list)
    _parts: list[TalliedRun] = field(default_factory=list)
    _announced: tuple[Episode, ...] = ()
    _new: Sequence[Episode] = ()
    """Those made for the last state."""
    _settled: list[FiringRun] = field(default_factory=list)
    _runs: list[FiringRun] = field(default_factory=list)
    """Of the times behind `settled_until`."""
    _changed: TimeRange = ALWAYS
    """Runs that are farther from it than the gap are as they were."""
    _seen: tuple[Any, ...] = ()
    _pending: ChangedHits = field(default_factory=ChangedHits)

    def __post_init__(self) -> None:
        self.times = FiringTimes(self.rule, self.since)

    def __eq__(self, other: object) -> bool:
        """Always: equal states are equal, whatever is known of them."""
        return other is None or isinstance(other, Evaluation)

    __hash__ = None  # type: ignore[assignment]

    def follow(self, state: WindowState) -> None:
        """Go over to another state."""
        seen = (state.hits, state.runs, state.settled_until, state.clock)
        if len(self._seen) == len(seen) and all(map(_is_same, self._seen, seen)):
            return
        self._follow_settled(state)
        before, self._seen = self._seen[0] if self._seen else Ordered(), seen
        self.follow_times(state)
        changed, self._pending = self._pending, ChangedHits()
        runs = self._list_runs(state)
        change = TallyChange(self.rule, before, state.hits, changed, self.times.look_back)
        if compares_levels(self.rule):
            self._parts = change.follow(runs, self._parts)
            runs = [join_runs(group) for group in self._group_by_level(state)]
        known, self._known = self._known, change.follow(runs, self._known)
        self.episodes = self._list_episodes(state, known)

    def announce(self, before: Sequence[Episode]) -> TimeRange:
        """Note that all episodes are announced.

        Outside of the answer lies the start of no episode that is another one than it was `before`,
        or when it was announced.
        """
        former, self._announced = self._announced, self.episodes
        changed = [*find_difference(before, self.episodes)]
        if former is not before:
            changed += find_difference(former, self.episodes)
        starts = [episode.start for part in changed for episode in (*part[:1], *part[-1:])]
        return TimeRange(min(starts, default=FOREVER), max(starts, default=NEVER))

    def _list_episodes(
        self, state: WindowState, former: Sequence[TalliedRun]
    ) -> tuple[Episode, ...]:
        """Those of before where nothing changed; what looking at them found is dropped."""
        for episode in self._new:
            episode.forget_evidence()
        first, last = count_ends(former, self._known)
        self._new = tuple(
            Episode(self.rule, state.hits, known.run, known.totals)
            for known in self._known[first : len(self._known) - last]
        )
        behind = self.episodes[len(former) - last :]
        return (*self.episodes[:first], *self._new, *behind)

    def _follow_settled(self, state: WindowState) -> None:
        """Note the runs up to `settled_until`, and where those behind it may begin anew."""
        _, runs, until, _ = self._seen or (None, None, None, None)
        if runs != state.runs:
            self._settled = join_settled(self._settled, runs or (), state.runs, self._gap)
        if until != state.settled_until:
            known = [time for time in (until, state.settled_until) if time is not None]
            self._changed = self._changed.join(TimeRange(NEVER, max(known)))

    def follow_times(self, state: WindowState) -> None:
        """Go over to the firing times of another state."""
        settled = NEVER if state.settled_until is None else state.settled_until
        changed = self.times.follow(state.hits, settled)
        self._restart()
        self._note_change(changed)
        self._pending = self._pending.join(changed)

    def _note_change(self, changed: ChangedHits) -> None:
        if self.times.asked is not None:
            self._changed = self._changed.join(TimeRange(*self.times.asked))
        if changed:
            reached = TimeRange(changed.first, changed.last + self.times.look_back)
            self._changed = self._changed.join(reached)
        if changed.forgotten:
            last = max(hit.at for hit in changed.forgotten)
            self._changed = self._changed.join(TimeRange(NEVER, last))

    def _restart(self) -> None:
        """Note where runs begin anew among the times that may have changed."""
        times, starts = self.times.firings.times, self._starts
        del starts[: bisect_left(starts, times[0]) if times else len(starts)]
        if times and starts[:1] != times[:1]:
            starts.insert(0, times[0])
        if self.times.asked is None:
            return
        asked, last = self.times.asked
        first = bisect_left(times, asked)
        end = min(bisect_right(times, last) + 1, len(times))
        until = times[end - 1] if end else last
        new = [
            times[place]
            for place in range(first, end)
            if not place or times[place] - times[place - 1] > self._gap
        ]
        here = slice(bisect_left(starts, asked), bisect_right(starts, max(until, last)))
        starts[here] = new

    @property
    def _gap(self) -> int:
        rule = self.rule
        return span(rule.resolve_after + (NO_TIME if compares_levels(rule) else rule.cooldown))

    def _group_by_level(self, state: WindowState) -> list[list[FiringRun]]:
        """The runs that are one within the cooldown: none of a higher level than those before."""
        gap = span(self.rule.resolve_after + self.rule.cooldown)
        groups, is_high = list[list[FiringRun]](), False
        for part in self._parts:
            is_corroborated = part.totals.corroborated
            is_near = bool(groups) and part.run.start - groups[-1][-1].last <= gap
            if is_near and is_corroborated and not is_high:
                is_high = is_near = self._is_corroborated(state, groups[-1])
            if is_near:
                groups[-1].append(part.run)
            else:
                groups.append([part.run])
            is_high = is_corroborated or (is_near and is_high)
        return groups

    def _is_corroborated(self, state: WindowState, group: Sequence[FiringRun]) -> bool:
        """Whether runs that are not by themselves are together."""
        run = join_runs(group)
        return len(group) > 1 and build_episode(self.rule, state.hits, run).totals.corroborated

    def _list_runs(self, state: WindowState) -> list[FiringRun]:
        """The settled runs, continued by those of the times behind `settled_until`."""
        self._follow_new_runs(state)
        settled, new = self._settled, self._runs
        if settled and new and new[0].start - settled[-1].last <= self._gap:
            return [*settled[:-1], join_runs((settled[-1], new[0])), *new[1:]]
        return [*settled, *new]

    def _follow_new_runs(self, state: WindowState) -> None:
        """Find those runs behind `settled_until` anew that are near what changed."""
        changed, runs = self._changed, self._runs
        if self.rule.type is CorrelationType.ABSENCE:
            changed = ALWAYS
        kept = bisect_left(runs, changed.first - self._gap, key=lambda run: run.last)
        later = bisect_right(runs, changed.last + self._gap, key=lambda run: run.start)
        later = max(kept, later)
        settled = NEVER if state.settled_until is None else state.settled_until
        until = runs[kept - 1].last if kept else settled
        end = runs[later].start if later < len(runs) else FOREVER
        runs[kept:later] = self._list_new_runs(state, until, end)
        self._changed = NO_TIMES

    def _list_new_runs(self, state: WindowState, after: int, before: int) -> Iterator[FiringRun]:
        """The runs of the times behind one time and before another."""
        times = self.times.firings.times
        first, end = bisect_right(times, after), bisect_left(times, before)
        if self.rule.type is CorrelationType.ABSENCE:
            end = 0 if state.clock is None else bisect_right(times, state.clock)
        if first >= end:
            return
        begun = bisect_right(self._starts, times[first]), bisect_right(self._starts, times[end - 1])
        starts = self._starts[slice(*begun)]
        bounds = [first, *(bisect_left(times, start, first) for start in starts), end]
        for begin, stop in pairwise(bounds):
            value = self.times.find_value(stop - 1)
            yield FiringRun(times[begin], tuple(times[begin:stop]), value)


def _is_same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, int) and one == other)
