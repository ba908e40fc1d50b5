"""TallyChange: the tallies of a window's runs after its hits changed, from those of before."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.corroboration import make_corroboration
from services.matcher.domain.alerts.tally import EvidenceTally, is_evidence
from services.matcher.domain.windows.firing import find_evidence
from services.matcher.domain.windows.firing_times import ChangedHits
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, Hit, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule


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
        after = self.changed.first - span(self.rule.timespan)
        until = self.changed.last + self.look_back
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
        # a late hit lies before those that were passed, so what it corroborates is not known yet
        was_corroborated = known.tally.corroboration.is_corroborated
        known.tally.remove(lost)
        known.tally.add(hit for key, hit in new.items() if key not in old)
        if self.rule.corroboration and (lost or not was_corroborated):
            known.tally.corroboration = make_corroboration(self.rule)
            for hit in self._find_evidence(run):
                known.tally.corroboration.add(hit)

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
