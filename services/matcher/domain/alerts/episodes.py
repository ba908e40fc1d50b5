"""Episodes: runs of firing times, a function of the set of hits and of nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.alert import Level
from services.matcher.domain.alerts.corroboration import corroborated
from services.matcher.domain.windows.firing import evidence, firings
from services.matcher.domain.windows.state import FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of firing times with no gap longer than `resolve_after`. Times in microseconds."""

    start: int
    firings: tuple[int, ...]
    value: float
    evidence: tuple[Hit, ...]
    dropped: int
    level: Level
    uncorroborated: bool

    @property
    def last(self) -> int:
        """The latest firing time."""
        return self.firings[-1]

    @property
    def identities(self) -> frozenset[str]:
        """The events behind it that are still kept."""
        return frozenset(hit.identity for hit in self.evidence)

    @property
    def count(self) -> int:
        """How many events are behind it, forgotten ones included."""
        return len(self.identities) + self.dropped

    @property
    def backfill(self) -> bool:
        """Whether history alone stands behind it: no live hit in any window that fired."""
        return bool(self.evidence) and all(hit.backfill for hit in self.evidence)


def find_runs(rule: WindowRule, state: WindowState) -> tuple[FiringRun, ...]:
    """Settled runs continued by what the kept hits fire after the cut."""
    fresh = [
        FiringRun(start=time, firings=(time,), value=value) for time, value in _fresh(rule, state)
    ]
    ordered = sorted((*state.runs, *fresh), key=lambda run: run.start)
    told = (_joined(group) for group in _grouped(ordered, span(rule.resolve_after)))
    return _cooled(rule, state.hits, told) if rule.cooldown else tuple(told)


def find_episodes(rule: WindowRule, state: WindowState) -> tuple[Episode, ...]:
    """The episodes of a state, by start."""
    return tuple(_episode(rule, state.hits, run) for run in find_runs(rule, state))


def find_belated_runs(rule: WindowRule, state: WindowState, at: int) -> tuple[FiringRun, ...]:
    """Runs of one firing time each, for what a hit at or before the cut makes fire there.

    The clock never refuses: such a hit is judged on what is kept, and takes nothing back.
    """
    if state.settled_until is None or at > state.settled_until:
        return ()
    until = min(state.settled_until, at + span(rule.look_back) - 1)
    return tuple(
        FiringRun(start=time, firings=(time,), value=value)
        for time, value in firings(rule, state)
        if at <= time <= until
    )


def _fresh(rule: WindowRule, state: WindowState) -> Iterable[tuple[int, float]]:
    cut = state.settled_until
    firing = firings(rule, state)
    return firing if cut is None else (pair for pair in firing if pair[0] > cut)


def _grouped(ordered: Iterable[FiringRun], gap: int) -> list[list[FiringRun]]:
    groups: list[list[FiringRun]] = []
    reached = 0
    for run in ordered:
        if groups and run.start - reached <= gap:
            groups[-1].append(run)
            reached = max(reached, run.last)
        else:
            groups.append([run])
            reached = run.last
    return groups


def _cooled(
    rule: WindowRule, hits: Sequence[Hit], told: Iterable[FiringRun]
) -> tuple[FiringRun, ...]:
    """Runs joined that follow within `cooldown` of the last one's end, unless at a higher level."""
    gap = span(rule.resolve_after + rule.cooldown)
    cooled: list[FiringRun] = []
    for run in told:
        near = bool(cooled) and run.start - cooled[-1].last <= gap
        if near and _level(rule, hits, run).rank <= _level(rule, hits, cooled[-1]).rank:
            cooled[-1] = _joined((cooled[-1], run))
        else:
            cooled.append(run)
    return tuple(cooled)


def _level(rule: WindowRule, hits: Sequence[Hit], run: FiringRun) -> Level:
    return _episode(rule, hits, run).level


def _joined(group: Sequence[FiringRun]) -> FiringRun:
    if len(group) == 1:
        return group[0]
    return FiringRun(
        start=group[0].start,
        firings=tuple(sorted({time for run in group for time in run.firings})),
        value=max(group, key=lambda run: run.last).value,
        dropped=sum(run.dropped for run in group),
        corroborated=any(run.corroborated for run in group),
    )


def _episode(rule: WindowRule, hits: Sequence[Hit], run: FiringRun) -> Episode:
    behind = evidence(rule, hits, run.firings)
    enough = run.corroborated or corroborated(rule.corroboration, behind)
    return Episode(
        start=run.start,
        firings=run.firings,
        value=run.value,
        evidence=behind,
        dropped=run.dropped,
        level=rule.level if enough else rule.level.lowered,
        uncorroborated=not enough,
    )
