"""Episodes: runs of firing times, a function of the set of hits alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from schemas.alert import MOST_OWNERS, Level
from schemas.signal import MOST_FIRINGS
from services.matcher.domain.alerts.corroboration import is_corroborated
from services.matcher.domain.windows.firing import find_evidence, find_firings
from services.matcher.domain.windows.state import FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of firing times with no gap longer than `resolve_after`. Times in microseconds.

    `evidence` has the hits of its windows that are still in state; `dropped` counts the others, and
    `owners` are those of both.
    """

    start: int
    firings: tuple[int, ...]
    value: float
    evidence: tuple[Hit, ...]
    dropped: int
    owners: frozenset[str]
    level: Level
    uncorroborated: bool

    @property
    def last(self) -> int:
        """The latest firing time."""
        return self.firings[-1]

    @property
    def identities(self) -> frozenset[str]:
        """The events in its evidence."""
        return frozenset(hit.identity for hit in self.evidence)

    @property
    def recorded(self) -> int:
        """When the newest report of its evidence was recorded."""
        return max(hit.recorded for hit in self.evidence)

    @property
    def count(self) -> int:
        """How many events made it fire, dropped ones included."""
        return len(self.identities) + self.dropped

    @property
    def backfill(self) -> bool:
        """Whether every hit of every window that fired is backfilled."""
        return bool(self.evidence) and all(hit.backfill for hit in self.evidence)


def find_episodes(rule: WindowRule, state: WindowState) -> tuple[Episode, ...]:
    """The episodes of a state, by start."""
    return tuple(_build_episode(rule, state.hits, run) for run in find_runs(rule, state))


def find_runs(rule: WindowRule, state: WindowState) -> tuple[FiringRun, ...]:
    """The settled runs, continued by the firing times after `settled_until`; by start."""
    until = state.settled_until
    new = [
        FiringRun(start=time, firings=(time,), value=value)
        for time, value in find_firings(rule, state)
        if until is None or time > until
    ]
    ordered = sorted((*state.runs, *new), key=lambda run: run.start)
    runs = [_join_runs(group) for group in _group_runs(ordered, span(rule.resolve_after))]
    return _join_within_cooldown(rule, state.hits, runs) if rule.cooldown else tuple(runs)


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
        for time, value in find_firings(rule, state)
        if after <= time <= until
    )


def _group_runs(ordered: Iterable[FiringRun], gap: int) -> list[list[FiringRun]]:
    groups: list[list[FiringRun]] = []
    last = 0
    for run in ordered:
        if groups and run.start - last <= gap:
            groups[-1].append(run)
            last = max(last, run.last)
        else:
            groups.append([run])
            last = run.last
    return groups


def _join_within_cooldown(
    rule: WindowRule, hits: Sequence[Hit], runs: Iterable[FiringRun]
) -> tuple[FiringRun, ...]:
    """Runs within `cooldown` of the end of the one before join it, unless at a higher level."""
    gap = span(rule.resolve_after + rule.cooldown)
    joined: list[FiringRun] = []
    for run in runs:
        near = bool(joined) and run.start - joined[-1].last <= gap
        if near and _level_of(rule, hits, run).rank <= _level_of(rule, hits, joined[-1]).rank:
            joined[-1] = _join_runs((joined[-1], run))
        else:
            joined.append(run)
    return tuple(joined)


def _level_of(rule: WindowRule, hits: Sequence[Hit], run: FiringRun) -> Level:
    return _build_episode(rule, hits, run).level


def _join_runs(group: Sequence[FiringRun]) -> FiringRun:
    if len(group) == 1:
        return group[0]
    return FiringRun(
        start=group[0].start,
        firings=tuple(sorted({time for run in group for time in run.firings})),
        value=max(group, key=lambda run: run.last).value,
        dropped=sum(run.dropped for run in group),
        corroborated=any(run.corroborated for run in group),
        owners=name_owners(owner for run in group for owner in run.owners),
    )


def _build_episode(rule: WindowRule, hits: Sequence[Hit], run: FiringRun) -> Episode:
    evidence = find_evidence(rule, hits, run.firings)
    corroborated = run.corroborated or is_corroborated(rule.corroboration, evidence)
    return Episode(
        start=run.start,
        firings=run.firings,
        value=run.value,
        evidence=evidence,
        dropped=run.dropped,
        owners=list_owners(evidence).union(run.owners),
        level=rule.level if corroborated else rule.level.lowered,
        uncorroborated=not corroborated,
    )


def list_owners(hits: Iterable[Hit]) -> frozenset[str]:
    """The owners of hits."""
    return frozenset(owner for hit in hits for owner in hit.owners)


def name_owners(owners: Iterable[str]) -> tuple[str, ...]:
    """Those of them that an alert has room to name, in order."""
    return tuple(sorted(set(owners))[:MOST_OWNERS])


def take_firings(episode: Episode) -> tuple[int, ...]:
    """The firing times of an episode that a hit of its alert has, the first and last of them.

    Of more than it has room for it has one in so many.
    """
    times = episode.firings
    step = -(-len(times) // (MOST_FIRINGS - 1))
    return times if len(times) <= MOST_FIRINGS else (times[0], *reversed(times[:0:-step]))


def digest_firings(rule: WindowRule, episode: Episode) -> int:
    """A number that changes with what a hit of its alert has of them; 0 if no rule counts it."""
    return crc32(str(take_firings(episode)).encode()) if rule.is_counted else 0
