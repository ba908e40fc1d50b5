"""Episodes: runs of firing times, a function of the set of hits alone."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, pairwise
from zlib import crc32

from schemas.alert import MOST_OWNERS, Level
from schemas.signal import MOST_FIRINGS
from services.matcher.domain.alerts.corroboration import is_corroborated
from services.matcher.domain.windows.firing import find_evidence, find_firings
from services.matcher.domain.windows.state import NEVER, FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class EvidenceTotals:
    """What an alert says of all its evidence.

    `count` of its events, those dropped included; the least `owners`, also of those, by name;
    whether every hit that is held is `backfill`; whether it is, or was, `corroborated`. `overdue`:
    a hit that is held was recorded so long after it happened that the alert may be late.
    """

    count: int
    owners: tuple[str, ...]
    backfill: bool
    corroborated: bool
    overdue: bool


@dataclass(frozen=True)
class Episode:
    """A run of firing times with no gap longer than `resolve_after`. Times in microseconds.

    Its evidence are those of `hits` that made it fire: `rule` says which. The others may be those
    of an earlier state. One that is `suspected` does not fire by words alone.
    """

    rule: WindowRule
    hits: Sequence[Hit] = field(compare=False)
    run: FiringRun
    totals: EvidenceTotals
    suspected: bool = False

    @property
    def start(self) -> int:
        """The first firing time."""
        return self.run.start

    @property
    def firings(self) -> tuple[int, ...]:
        """Its firing times, but settled ones that hold no hit any more."""
        return self.run.firings

    @property
    def last(self) -> int:
        """The latest firing time."""
        return self.run.last

    @property
    def value(self) -> float:
        """The value counted at the latest firing time."""
        return self.run.value

    @property
    def level(self) -> Level:
        """The rule's level, or one lower."""
        return self.rule.level if self.totals.corroborated else self.rule.level.lowered

    @property
    def uncorroborated(self) -> bool:
        """Whether too few independent owners report it so far."""
        return not self.totals.corroborated

    @property
    def owners(self) -> tuple[str, ...]:
        """The least owners of its evidence by name, as many as an alert has room for."""
        return self.totals.owners

    @property
    def count(self) -> int:
        """How many events made it fire, dropped ones included."""
        return self.totals.count

    @property
    def has_evidence(self) -> bool:
        """Whether any of its evidence is still held."""
        return self.totals.count > self.run.dropped

    @property
    def backfill(self) -> bool:
        """Whether every hit of every window that fired is backfilled."""
        return self.totals.backfill

    @property
    def evidence(self) -> tuple[Hit, ...]:
        """The hits of its windows that are still in state, in order; looks at all of them."""
        after = self.firings[0] - span(self.rule.timespan) - 1
        near = hits_near(self.rule, self.hits, after, self.last)
        return find_evidence(self.rule, near, self.firings)

    def among(self, hits: Sequence[Hit]) -> "Episode":
        """The same episode of a later state, which has these hits."""
        return self if hits is self.hits else replace(self, hits=hits)

    def show(self, hits: Sequence[Hit]) -> None:
        """Find its evidence among the hits of a later state."""
        object.__setattr__(self, "hits", hits)
        self.forget_evidence()

    def forget_evidence(self) -> None:
        """Look at the hits again when it is asked for identities next."""
        vars(self).pop("identities", None)

    @cached_property
    def identities(self) -> frozenset[str]:
        """The events in its evidence."""
        return frozenset(hit.identity for hit in self.evidence)

    @property
    def recorded(self) -> int:
        """When the newest report of its evidence was recorded."""
        return max(hit.recorded for hit in self.evidence)


def find_episodes(rule: WindowRule, state: WindowState) -> tuple[Episode, ...]:
    """The episodes of a state, by start."""
    return tuple(build_episode(rule, state.hits, run) for run in find_runs(rule, state))


def find_episode(episodes: Sequence[Episode], start: int) -> Episode | None:
    """The one that begins at a time; they are by start."""
    place = bisect_left(episodes, start, key=lambda episode: episode.start)
    found = episodes[place : place + 1]
    return found[0] if found and found[0].start == start else None


def find_runs(rule: WindowRule, state: WindowState) -> tuple[FiringRun, ...]:
    """The settled runs, continued by the firing times after `settled_until`; by start."""
    until = state.settled_until
    new = [
        FiringRun(start=time, firings=(time,), value=value)
        for time, value in find_firings(rule, state)
        if until is None or time > until
    ]
    ordered = sorted((*state.runs, *new), key=lambda run: run.start)
    runs = [join_runs(group) for group in group_runs(ordered, span(rule.resolve_after))]
    return _join_within_cooldown(rule, state.hits, runs) if rule.cooldown else tuple(runs)


def group_runs(ordered: Iterable[FiringRun], gap: int) -> list[list[FiringRun]]:
    """Runs, by start, between which no gap is longer."""
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


def join_settled(
    joined: Sequence[FiringRun],
    known: Sequence[FiringRun],
    runs: Sequence[FiringRun],
    gap: int,
) -> list[FiringRun]:
    """Settled runs, joined where no gap is longer, if those known are `joined`.

    More of them, behind all that are known, cost what they are.
    """
    new, kept = runs[len(known) :], [*joined[:-1]]
    behind = joined[-1].last if joined else NEVER
    if runs[: len(known)] != known or any(run.start < behind for run in new):
        new, kept = runs, []
    else:
        new = (*joined[-1:], *new)
    in_order = sorted(new, key=lambda run: run.start)
    return kept + [join_runs(group) for group in group_runs(in_order, gap)]


def _join_within_cooldown(
    rule: WindowRule, hits: Sequence[Hit], runs: Iterable[FiringRun]
) -> tuple[FiringRun, ...]:
    """Runs within `cooldown` of the end of the one before join it, unless at a higher level."""
    gap = span(rule.resolve_after + rule.cooldown)
    joined: list[FiringRun] = []
    for run in runs:
        near = bool(joined) and run.start - joined[-1].last <= gap
        if near and _level_of(rule, hits, run).rank <= _level_of(rule, hits, joined[-1]).rank:
            joined[-1] = join_runs((joined[-1], run))
        else:
            joined.append(run)
    return tuple(joined)


def _level_of(rule: WindowRule, hits: Sequence[Hit], run: FiringRun) -> Level:
    return build_episode(rule, hits, run).level


def join_runs(group: Sequence[FiringRun]) -> FiringRun:
    """One run of several, by start."""
    if len(group) == 1:
        return group[0]
    return FiringRun(
        start=group[0].start,
        firings=_merge_firings(group),
        value=max(group, key=lambda run: run.last).value,
        dropped=sum(run.dropped for run in group),
        corroborated=any(run.corroborated for run in group),
        owners=name_owners(owner for run in group for owner in run.owners),
    )


def _merge_firings(group: Sequence[FiringRun]) -> tuple[int, ...]:
    if all(run.last < later.firings[0] for run, later in pairwise(group)):
        return tuple(chain.from_iterable(run.firings for run in group))
    return tuple(sorted({time for run in group for time in run.firings}))


def build_episode(rule: WindowRule, hits: Sequence[Hit], run: FiringRun) -> Episode:
    """The episode of a run."""
    evidence = find_evidence(rule, hits, run.firings)
    totals = EvidenceTotals(
        count=len({hit.identity for hit in evidence}) + run.dropped,
        owners=name_owners((*run.owners, *list_owners(evidence))),
        backfill=bool(evidence) and all(hit.backfill for hit in evidence),
        corroborated=run.corroborated or is_corroborated(rule.corroboration, evidence),
        overdue=any(is_overdue(rule, hit) for hit in evidence),
    )
    return Episode(rule, hits, run, totals)


def is_overdue(rule: WindowRule, hit: Hit) -> bool:
    """Whether a hit was recorded so long after it happened that an alert of it may be late."""
    return hit.recorded - hit.first > span(min(rule.resolve_after, rule.max_lateness))


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
