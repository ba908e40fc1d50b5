"""Evaluation: the episodes of a window, kept up to date with its states."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.deferral import find_deferred
from services.matcher.domain.alerts.episode_change import EpisodeChange
from services.matcher.domain.alerts.episodes import (
    Episode,
    join_runs,
    join_settled,
)
from services.matcher.domain.alerts.level_groups import group_by_level
from services.matcher.domain.alerts.tally_change import TalliedRun, TallyChange, compares_levels
from services.matcher.domain.alerts.time_range import ALWAYS, NO_TIMES, TimeRange
from services.matcher.domain.windows.changed_hits import ChangedHits
from services.matcher.domain.windows.firing_pass import FiringPass
from services.matcher.domain.windows.firing_times import FiringTimes
from services.matcher.domain.windows.ordered import Ordered, count_ends, find_difference
from services.matcher.domain.windows.state import FOREVER, NEVER, FiringRun, WindowState, span
from services.matcher.domain.windows.window_rule import NO_TIME, WindowRule


def find_episodes(rule: WindowRule, state: WindowState) -> tuple[Episode, ...]:
    """The episodes of a state, by start; from those of the state that it was made of, if known."""
    known = evaluate(rule, state)
    known.renew(state)
    return known.episodes


def evaluate(rule: WindowRule, state: WindowState) -> "Evaluation":
    """The evaluation that went along with a state, up to date but for what waits for a tick."""
    known = recall(rule, state)
    known.follow(state)
    return known


def recall(rule: WindowRule, state: WindowState) -> "Evaluation":
    """The evaluation that went along with a state, wherever it is; a new one without any."""
    known: Evaluation | None = state.evaluation
    if known is None or known.rule is not rule or known.since != state.since:
        known = Evaluation(rule, state.since)
        msgspec.structs.force_setattr(state, "evaluation", known)
    return known


def find_times(rule: WindowRule, state: WindowState) -> FiringTimes:
    """The firing times of a state, of an absence whatever the clock."""
    known = recall(rule, state)
    known.follow_times(state)
    return known.times


def find_pass(rule: WindowRule, state: WindowState, t: int) -> FiringPass | None:
    """The pass that has counted the hits of a state, if t is the time of the last of them."""
    known: Evaluation | None = state.evaluation
    if known is None or known.rule is not rule or known.times.hits is not state.hits:
        return None
    return known.times.find_pass(t)


@dataclass(slots=True)
class Evaluation:
    """The firing times, runs and episodes of one window at a time: it goes along with its states.

    They are those that `alerts.episodes` finds; values and totals may wait until it is renewed. It
    is no part of a state's value: asked for a state that it has left behind, it goes back.
    """

    rule: WindowRule
    since: int | None
    times: FiringTimes = field(init=False)
    episodes: tuple[Episode, ...] = ()
    _starts: list[int] = field(default_factory=list)
    _known: list[TalliedRun] = field(default_factory=list)
    _parts: list[TalliedRun] = field(default_factory=list)
    _announced: tuple[Episode, ...] = ()
    _former: tuple[Episode, ...] = ()
    """Those of the state before the last."""
    _moved: frozenset[str] = frozenset()
    """Events that have other times since then."""
    _renewed: set[int] = field(default_factory=set)
    """The starts of those whose totals waited, until after the last announcement."""
    _has_announced: bool = False
    _new: Sequence[Episode] = ()
    """Those made for the last state."""
    _settled: list[FiringRun] = field(default_factory=list)
    _runs: list[FiringRun] = field(default_factory=list)
    """Of the times behind `settled_until`."""
    _changed: TimeRange = ALWAYS
    """Runs that are farther from it than the gap are as they were."""
    _outdated: TimeRange = NO_TIMES
    """Runs farther from it have the values and totals of the last state."""
    _seen: tuple[Any, ...] = ()
    _pending: ChangedHits = field(default_factory=ChangedHits)
    distance: Any = None
    """What is known of how far it is from firing: it goes along too."""

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
        deferred = self._defer(state, changed)
        runs = self._list_runs(state)
        change = TallyChange(self.rule, before, state.hits, changed, self.times.look_back, deferred)
        if compares_levels(self.rule):
            self._parts = change.follow(runs, self._parts)
            groups = group_by_level(self.rule, state.hits, self._parts)
            runs = [join_runs(group) for group in groups]
        known, self._known = self._known, change.follow(runs, self._known)
        self._former, self._moved = self.episodes, changed.moved
        self.episodes = self._list_episodes(state, known)
        self._show_hits(state)

    @property
    def is_behind(self) -> bool:
        """Whether values and totals wait to be renewed."""
        return self._outdated != NO_TIMES

    def renew(self, state: WindowState) -> None:
        """Bring the values and totals up to date of the state that was followed last."""
        if not self.is_behind:
            return
        self._changed, self._outdated = self._outdated, NO_TIMES
        runs, hits = self._list_runs(state), state.hits
        change = TallyChange(self.rule, hits, hits, ChangedHits(), self.times.look_back)
        known, self._known = self._known, change.renew(runs, self._known)
        self.episodes = self._list_episodes(state, known)
        self._renewed.intersection_update(one.run.start for one in self._known)

    def _defer(self, state: WindowState, changed: ChangedHits) -> int:
        """Note which runs changed, and which are outdated; from when on they are."""
        if not changed:
            return FOREVER
        look_back, last = self.times.look_back, changed.last + self.times.look_back
        deferred = find_deferred(self.rule, state.hits, changed, self._runs, look_back)
        self._changed = self._changed.join(TimeRange(changed.first, min(last, deferred - 1)))
        if deferred != FOREVER:
            self._outdated = self._outdated.join(TimeRange(deferred, last))
        return deferred

    def _show_hits(self, state: WindowState) -> None:
        """Have outdated episodes find their evidence among the hits of the state."""
        if self.is_behind:
            for known, episode in zip(self._known, self.episodes, strict=True):
                if known.is_outdated:
                    episode.show(state.hits)

    def announce(self, before: Sequence[Episode]) -> EpisodeChange:
        """Note that all episodes are announced; how they changed since `before` and since then."""
        former, self._announced = self._announced, self.episodes
        changed = [*find_difference(before, self.episodes)]
        if former is not before:
            changed += find_difference(former, self.episodes)
        starts = [episode.start for part in changed for episode in (*part[:1], *part[-1:])]
        renewed, self._renewed = frozenset(self._renewed), set()
        starts += renewed
        moved = self._moved if self._former is before else None
        knows, self._has_announced = self._has_announced, True
        reached = TimeRange(min(starts, default=FOREVER), max(starts, default=NEVER))
        return EpisodeChange(reached, moved, renewed if knows else None)

    def _list_episodes(
        self, state: WindowState, former: Sequence[TalliedRun]
    ) -> tuple[Episode, ...]:
        """Those of before where nothing changed; what looking at them found is dropped."""
        for episode in self._new:
            episode.forget_evidence()
        first, last = count_ends(former, self._known)
        new = self._known[first : len(self._known) - last]
        self._new = tuple(Episode(self.rule, state.hits, one.run, one.totals) for one in new)
        self._renewed.update(one.run.start for one in new if one.is_renewed)
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
        values = self.times.find_values([stop - 1 for stop in bounds[1:]])
        for (begin, stop), value in zip(pairwise(bounds), values, strict=True):
            yield FiringRun(times[begin], tuple(times[begin:stop]), value)


def _is_same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, int) and one == other)
