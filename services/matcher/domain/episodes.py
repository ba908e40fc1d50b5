"""Episodes: runs of firing times, a function of the set of hits and of nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.alert import Level
from services.matcher.domain.corroboration import corroborated
from services.matcher.domain.state import Hit, Run, State, span
from services.matcher.domain.window import behind, firing_times
from services.matcher.domain.window_rule import WindowRule


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
        """Whether every firing time still kept came from the past."""
        times = set(self.firings)
        firing = [hit for hit in self.evidence if hit.at in times]
        return bool(firing) and all(hit.backfill for hit in firing)


def runs(rule: WindowRule, state: State) -> tuple[Run, ...]:
    """Settled runs continued by what the kept hits fire after the cut."""
    fresh = dict(_after_the_cut(rule, state))
    settled = {time: run for run in state.runs for time in run.firings}
    groups = _grouped(sorted(fresh.keys() | settled.keys()), span(rule.resolve_after))
    return tuple(_run(times, fresh, settled) for times in groups)


def episodes(rule: WindowRule, state: State) -> tuple[Episode, ...]:
    """The episodes of a state, by start."""
    return tuple(_episode(rule, state.hits, run) for run in runs(rule, state))


def belated(rule: WindowRule, state: State, at: int) -> tuple[Run, ...]:
    """Runs of one firing time each, for what a hit at or before the cut makes fire there.

    The clock never refuses: such a hit is judged on what is kept, and takes nothing back.
    """
    if state.cut is None or at > state.cut:
        return ()
    until = min(state.cut, at + span(rule.timespan) - 1)
    settled = {time for run in state.runs for time in run.firings}
    return tuple(
        Run(start=time, firings=(time,), dropped=0, value=value)
        for time, value in firing_times(rule, state.hits)
        if at <= time <= until and time not in settled
    )


def _after_the_cut(rule: WindowRule, state: State) -> Iterable[tuple[int, float]]:
    firing = firing_times(rule, state.hits)
    if state.cut is None:
        return firing
    return ((time, value) for time, value in firing if time > state.cut)


def _grouped(times: Sequence[int], gap: int) -> list[list[int]]:
    groups: list[list[int]] = []
    for time in times:
        if groups and time - groups[-1][-1] <= gap:
            groups[-1].append(time)
        else:
            groups.append([time])
    return groups


def _run(times: Sequence[int], fresh: dict[int, float], settled: dict[int, Run]) -> Run:
    inherited = {run.start: run for time in times if (run := settled.get(time)) is not None}
    value = fresh.get(times[-1])
    return Run(
        start=min([times[0], *inherited]),
        firings=tuple(times),
        dropped=sum(run.dropped for run in inherited.values()),
        value=settled[times[-1]].value if value is None else value,
        corroborated=any(run.corroborated for run in inherited.values()),
    )


def _episode(rule: WindowRule, hits: Sequence[Hit], run: Run) -> Episode:
    evidence = behind(rule, hits, run.firings)
    enough = run.corroborated or corroborated(rule.corroboration, evidence)
    return Episode(
        start=run.start,
        firings=run.firings,
        value=run.value,
        evidence=evidence,
        dropped=run.dropped,
        level=rule.level if enough else rule.level.lowered,
        uncorroborated=not enough,
    )
