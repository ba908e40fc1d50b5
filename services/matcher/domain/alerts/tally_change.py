"""TallyChange: the tallies of a window's runs after its hits changed, from those of before."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.corroboration import CorroborationPass
from services.matcher.domain.alerts.tally import EvidenceTally, is_evidence
from services.matcher.domain.windows.firing import find_evidence
from services.matcher.domain.windows.firing_times import ChangedHits
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, Hit, span
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
        else:
            self._revise(run, known)
        return known.tally

    def _count(self, evidence: Iterable[Hit]) -> EvidenceTally:
        tally = EvidenceTally(self.rule)
        tally.add(evidence)
        return tally

    def _find_evidence(self, run: FiringRun) -> tuple[Hit, ...]:
        after = run.firings[0] - span(self.rule.timespan) - 1
        return find_evidence(self.rule, self.hits.between(after, run.last), run.firings)

    def _is_kin(self, run: FiringRun, known: FiringRun) -> bool:
        """Whether both have the same times where no time has changed, as far as they are kept."""
        if not self.changed:
            return run.start == known.start
        first, last = self.changed.first, self.changed.last + self.look_back
        return _find_around(run, first, last) == _find_around(known, first, last)

    def _is_untouched(self, run: FiringRun, known: FiringRun) -> bool:
        changed = self.changed
        if run.last != known.last:
            return False
        first = min(run.firings[0], known.firings[0])
        return not changed or run.last < changed.first or first > changed.last + self.look_back

    def _is_continued(self, run: FiringRun, known: FiringRun) -> bool:
        """Whether it has the same evidence, and some behind it."""
        if self.changed.removed or known.last not in run.firings[-_FEW:]:
            return False
        is_behind = not self.changed or self.changed.first >= known.last
        is_at_once = self.changed and self.changed.first == known.last
        may_shrink = is_at_once and self.rule.type is CorrelationType.TEMPORAL_ORDERED
        return is_behind and not may_shrink

    def _list_new(self, run: FiringRun, known: FiringRun) -> list[Hit]:
        """The evidence that the times behind those known bring, and hits at the last of them."""
        timespan = span(self.rule.timespan)
        at_once = [hit for hit in self.changed.added if hit.at == known.last]
        next_time = next((time for time in run.firings[-_FEW:] if time > known.last), known.last)
        if self.rule.type is CorrelationType.ABSENCE:
            later = self.hits.between(known.last - timespan, run.last - timespan)
        else:
            later = self.hits.between(max(known.last, next_time - timespan), run.last)
        return [
            hit for hit in (*at_once, *later) if is_evidence(self.rule, self.hits, hit, run.firings)
        ]

    def _revise(self, run: FiringRun, known: TalliedRun) -> None:
        """Count what became evidence, or is none any more."""
        after = self.changed.first - span(self.rule.timespan) - 1
        until = self.changed.last + self.look_back
        forgotten = set(map(id, self.changed.forgotten))
        old = {
            id(hit): hit
            for hit in self.before.between(after, until)
            if id(hit) not in forgotten and self._was_evidence(known, hit)
        }
        new = {
            id(hit): hit
            for hit in self.hits.between(after, until)
            if is_evidence(self.rule, self.hits, hit, run.firings)
        }
        lost = [hit for key, hit in old.items() if key not in new]
        # a late hit lies before those that were passed, so what it corroborates is not known yet
        was_corroborated = known.tally.corroboration.is_corroborated
        known.tally.remove(lost)
        known.tally.add(hit for key, hit in new.items() if key not in old)
        if self.rule.corroboration and (lost or not was_corroborated):
            known.tally.corroboration = CorroborationPass(self.rule.corroboration)
            for hit in self._find_evidence(run):
                known.tally.corroboration.add(hit)

    def _was_evidence(self, known: TalliedRun, hit: Hit) -> bool:
        return is_evidence(self.rule, self.before, hit, known.run.firings)


_FEW = 64
"""Firing times that are looked through for the last one known."""


def _find_around(run: FiringRun, first: int, last: int) -> tuple[int | None, int | None]:
    """The time of the run next before `first`, and the one next behind `last`."""
    before = bisect_left(run.firings, first)
    behind = bisect_right(run.firings, last)
    return (
        run.firings[before - 1] if before else None,
        run.firings[behind] if behind < len(run.firings) else None,
    )
