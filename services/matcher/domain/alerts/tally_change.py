"""TallyChange: the tallies of a window's runs after its hits changed, from those of before."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.tally import EvidenceTally, is_evidence
from services.matcher.domain.windows.firing import find_evidence
from services.matcher.domain.windows.firing_times import ChangedHits
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, Hit, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule

_NEVER = -(2**63)


@dataclass(slots=True)
class TalliedRun:
    """A run, and the tally of its evidence."""

    run: FiringRun
    tally: EvidenceTally


@dataclass(frozen=True, slots=True)
class TallyChange:
    """From the hits `before` to `hits`; firing times changed up to `look_back` behind a hit."""

    rule: WindowRule
    before: Ordered[Hit]
    hits: Ordered[Hit]
    changed: ChangedHits
    look_back: int

    def follow(self, runs: Sequence[FiringRun], former: Sequence[TalliedRun]) -> list[TalliedRun]:
        """The tallies of these runs; those of the former are changed on the way."""
        kept = [known for known in former if not self._forget(known)]
        by_last = {known.run.last: known for known in kept}
        by_start = {known.run.start: known for known in kept}
        tallied = []
        for run in runs:
            known = by_start.get(run.start) or by_last.get(run.last)
            if known is not None:
                by_start.pop(known.run.start, None)
                by_last.pop(known.run.last, None)
            tallied.append(TalliedRun(run, self._tally(run, known)))
        return tallied

    def _forget(self, known: TalliedRun) -> bool:
        """Count forgotten hits out; whether the tally is of no use afterwards."""
        gone = [hit for hit in self.changed.forgotten if self._was_evidence(known, hit)]
        known.tally.remove(gone)
        asked = self.rule.corroboration
        looks_far = asked is not None and (
            asked.within is None or span(asked.within) >= self.look_back
        )
        is_ordered = self.rule.type is CorrelationType.TEMPORAL_ORDERED
        return bool(gone) and (is_ordered or looks_far)

    def _tally(self, run: FiringRun, known: TalliedRun | None) -> EvidenceTally:
        if known is None or not self._is_kin(run, known.run):
            return self._count(self._find_evidence(run))
        if self._is_untouched(run, known.run):
            return known.tally
        if self._is_continued(run, known.run):
            known.tally.add(self._list_new(run, known.run))
            if known.tally.is_open:
                known.tally.corroborate(self._find_evidence(run))
        elif self.changed:
            self._revise(run, known)
        else:
            return self._count(self._find_evidence(run))
        return known.tally

    def _count(self, evidence: Iterable[Hit]) -> EvidenceTally:
        tally = EvidenceTally(self.rule)
        tally.add(evidence)
        return tally

    def _find_evidence(self, run: FiringRun) -> tuple[Hit, ...]:
        after = run.firings[0] - span(self.rule.timespan)
        return find_evidence(self.rule, self._list(self.hits, after, run.last), run.firings)

    def _is_kin(self, run: FiringRun, known: FiringRun) -> bool:
        """Whether both have the same times where no time has changed, as far as they are kept."""
        if not self.changed:
            return run.firings[: len(known.firings)] == known.firings or (
                run.start == known.start and not compares_levels(self.rule)
            )
        first, last = self.changed.first, self.changed.last + self.look_back
        find = _list_outside if compares_levels(self.rule) else _find_around
        return find(run, first, last) == find(known, first, last)

    def _is_untouched(self, run: FiringRun, known: FiringRun) -> bool:
        changed = self.changed
        if run.last != known.last:
            return False
        first = min(run.firings[0], known.firings[0])
        return not changed or run.last < changed.first or first > changed.last + self.look_back

    def _is_continued(self, run: FiringRun, known: FiringRun) -> bool:
        """Whether it has the same evidence, and some behind it."""
        if self.changed.removed or not _has_time(run, known.last):
            return False
        is_behind = not self.changed or self.changed.first >= known.last
        is_at_once = self.changed and self.changed.first == known.last
        may_shrink = is_at_once and self.rule.type is CorrelationType.TEMPORAL_ORDERED
        return is_behind and not may_shrink

    def _list_new(self, run: FiringRun, known: FiringRun) -> list[Hit]:
        """The evidence that the times behind those known bring, and hits at the last of them."""
        timespan = span(self.rule.timespan)
        at_once = [hit for hit in self.changed.added if hit.first == known.last]
        following = bisect_right(run.firings, known.last)
        next_time = (*run.firings[following : following + 1], known.last)[0]
        later: Sequence[Hit]
        if self.rule.type is CorrelationType.ABSENCE:
            later = self.hits.between(known.last - timespan, run.last - timespan)
        else:
            later = self._list(self.hits, max(known.last, next_time - timespan), run.last)
        return sorted(self._find_new(known, run, (*at_once, *later)), key=lambda hit: hit.order)

    def _find_new(self, known: FiringRun, run: FiringRun, hits: Iterable[Hit]) -> Iterable[Hit]:
        """Of hits that last until behind the last known time, those that are new evidence."""
        added, waits = set(map(id, self.changed.added)), self.rule.type is CorrelationType.ABSENCE
        for key, hit in {id(hit): hit for hit in hits}.items():
            # what began by then, and was there, is evidence of that time or of none
            is_new = waits or hit.first > known.last or key in added
            if is_new and is_evidence(self.rule, self.hits, hit, run.firings):
                yield hit

    def _revise(self, run: FiringRun, known: TalliedRun) -> None:
        """Count what became evidence, or is none any more."""
        after, until = self._find_revised(run, known.run)
        forgotten = set(map(id, self.changed.forgotten))
        old = {
            id(hit): hit
            for hit in self._list(self.before, after, until)
            if id(hit) not in forgotten and self._was_evidence(known, hit)
        }
        new = {
            id(hit): hit
            for hit in self._list(self.hits, after, until)
            if is_evidence(self.rule, self.hits, hit, run.firings)
        }
        lost = [hit for key, hit in old.items() if key not in new]
        gained = [hit for key, hit in new.items() if key not in old]
        if lost or gained:
            known.tally.revise(lost, gained)
        if known.tally.is_open:
            known.tally.corroborate(self._find_evidence(run))

    def _find_revised(self, run: FiringRun, known: FiringRun) -> tuple[int, int]:
        """The first and last time at which hits may have become evidence, or none.

        Whether an event is evidence depends on the first firing time from it on. So that changed of
        those between the time before the times that changed and the last of these.
        """
        changed, timespan = self.changed, span(self.rule.timespan)
        after, until = changed.first - timespan, changed.last + self.look_back
        if self.rule.type is CorrelationType.ABSENCE or self.rule.counts_alerts:
            return after, until
        first, last = _find_difference(run.firings, known.firings)
        after, until = max(after, min(first, changed.first)), min(until, max(last, changed.last))
        if self.rule.type is CorrelationType.TEMPORAL_ORDERED:
            after, until = self._find_ordered(run, known, after), self._find_step(until)
        return after, until

    def _find_ordered(self, run: FiringRun, known: FiringRun, after: int) -> int:
        """The time before which an event has the same first firing time, before all that changed.

        A first step changes whether events before it are evidence, back to the firing time before.
        """
        first = self.changed.first
        times = (_find_before(firings, first) for firings in (run.firings, known.firings))
        before = min(*times, after)
        return max(before, first - span(self.rule.timespan))

    def _find_step(self, until: int) -> int:
        """The time of the next first step, from which on all that follow are as they were."""
        added = set(map(id, self.changed.added))
        last = self.changed.last
        steps = (
            hit.at
            for hit in self.hits.forwards(last, last + self.look_back)
            if hit.base == self.rule.bases[0] and id(hit) not in added
        )
        return max(until, next(steps, last + self.look_back))

    def _list(self, hits: Ordered[Hit], after: int, until: int) -> Sequence[Hit]:
        """The hits that firing times in `[after, until]` and those a timespan later may be of."""
        return hits_near(self.rule, hits, after - 1, until)

    def _was_evidence(self, known: TalliedRun, hit: Hit) -> bool:
        return is_evidence(self.rule, self.before, hit, known.run.firings)


def compares_levels(rule: WindowRule) -> bool:
    """Whether runs within the cooldown are one by their levels, which far hits may change."""
    return bool(rule.cooldown and rule.corroboration)


def _has_time(run: FiringRun, time: int) -> bool:
    place = bisect_left(run.firings, time)
    return run.firings[place : place + 1] == (time,)


def _list_outside(run: FiringRun, first: int, last: int) -> tuple[Sequence[int], Sequence[int]]:
    """The times of the run before `first`, and those behind `last`."""
    before, behind = bisect_left(run.firings, first), bisect_right(run.firings, last)
    return run.firings[:before], run.firings[behind:]


def _find_around(run: FiringRun, first: int, last: int) -> tuple[int | None, int | None]:
    """The time of the run next before `first`, and the one next behind `last`."""
    before = bisect_left(run.firings, first)
    behind = bisect_right(run.firings, last)
    return (
        run.firings[before - 1] if before else None,
        run.firings[behind] if behind < len(run.firings) else None,
    )


def _find_before(firings: Sequence[int], time: int) -> int:
    """The firing time next before a time; one before all times if there is none."""
    place = bisect_left(firings, time)
    return firings[place - 1] if place else _NEVER


def _find_difference(one: Sequence[int], other: Sequence[int]) -> tuple[int, int]:
    """The time before which both have the same, and that behind which they do; all are sorted."""
    start = _count_same(one, other)
    end = _count_same(one[start:][::-1], other[start:][::-1])
    parts = (one[start : len(one) - end], other[start : len(other) - end])
    last = max((part[-1] for part in parts if part), default=_NEVER)
    return (one[start - 1] if start else _NEVER), last


def _count_same(one: Sequence[int], other: Sequence[int]) -> int:
    """How many of the first are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
