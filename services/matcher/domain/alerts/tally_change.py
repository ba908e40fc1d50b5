"""TallyChange: the tallies of a window's runs after its hits changed, from those of before."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.episodes import EvidenceTotals
from services.matcher.domain.alerts.evidence_change import EvidenceChange
from services.matcher.domain.alerts.firing_difference import find_around, has_time, list_outside
from services.matcher.domain.alerts.tally import (
    EvidenceTally,
    has_plain_windows,
    has_whole_runs,
    is_evidence,
)
from services.matcher.domain.windows.changed_hits import ChangedHits
from services.matcher.domain.windows.firing import find_evidence
from services.matcher.domain.windows.ordered import Ordered, count_same
from services.matcher.domain.windows.state import FOREVER, NEVER, FiringRun, Hit, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(slots=True, eq=False)
class TalliedRun:
    """A run, and the totals of its evidence; a tally of it, unless the next run took it over.

    Equal only to itself: it is made anew where its evidence may have changed.
    """

    run: FiringRun
    totals: EvidenceTotals
    tally: EvidenceTally | None
    is_outdated: bool = False
    """Whether hits came or went since that are not in its totals, nor in the value of the run."""
    is_renewed: bool = False
    """Whether it is made of one that was outdated."""

    def outdate(self, tally: EvidenceTally | None) -> None:
        """Its totals wait; `tally` has its evidence by now, if any does."""
        self.tally, self.is_outdated = tally, True


@dataclass(frozen=True, slots=True)
class TallyChange:
    """From the hits `before` to `hits`; firing times changed up to `look_back` behind a hit.

    Runs that begin from `deferred` on, and whose times are as they were, are outdated.
    """

    rule: WindowRule
    before: Ordered[Hit]
    hits: Ordered[Hit]
    changed: ChangedHits
    look_back: int
    deferred: int = FOREVER

    def follow(self, runs: Sequence[FiringRun], former: Sequence[TalliedRun]) -> list[TalliedRun]:
        """The tallies of these runs; those of the former are changed on the way."""
        first, last = self._count_same(runs, [known.run for known in former])
        end = len(former) - last
        changed = runs[first : len(runs) - last], former[first:end], former[:first]
        tallied = self._follow_changed(*changed)
        return [*former[:first], *tallied, *self._outdate(former[end:])]

    def renew(self, runs: Sequence[FiringRun], former: Sequence[TalliedRun]) -> list[TalliedRun]:
        """The same, of no other hits, with those that are outdated counted anew."""
        places = [place for place, known in enumerate(former) if known.is_outdated] or [0]
        first, end = places[0], places[-1] + 1
        renewed = self._follow_changed(runs[first:end], former[first:end], former[:first])
        return [*former[:first], *renewed, *former[end:]]

    def _outdate(self, behind: Sequence[TalliedRun]) -> Sequence[TalliedRun]:
        """The runs behind those that are followed; what comes next goes on with the newest."""
        if self.deferred == FOREVER:
            return behind
        reach = self.changed.last + self.look_back
        end = bisect_right(behind, reach, key=lambda known: known.run.firings[0])
        for known in behind[:end]:
            tally = known.tally if known is behind[-1] else None
            known.outdate(tally and self._go_on(known.run, known.run, tally))
        return behind

    def _count_same(
        self, runs: Sequence[FiringRun], former: Sequence[FiringRun]
    ) -> tuple[int, int]:
        """How many of the first and of the last runs are as they were, with the same evidence."""
        begins, ends = self._changed_times
        before = bisect_left(runs, begins, key=lambda run: run.last)
        behind = len(runs) - bisect_right(runs, ends, key=lambda run: run.firings[0])
        first = min(before, count_same(runs, former))
        return first, min(behind, count_same(runs[first:][::-1], former[first:][::-1]))

    @property
    def _changed_times(self) -> tuple[int, int]:
        """The evidence of runs that end before one, or begin behind the other, is as it was."""
        changed = self.changed
        if not (changed or changed.forgotten):
            return FOREVER, NEVER
        last = max(hit.at for hit in (*changed.added, *changed.removed, *changed.forgotten))
        ends = min(last + self.look_back, self.deferred - 1)
        return NEVER if changed.forgotten else changed.first, ends

    def _follow_changed(
        self, runs: Sequence[FiringRun], former: Sequence[TalliedRun], before: Sequence[TalliedRun]
    ) -> list[TalliedRun]:
        kept = [known for known in former if not self._forget(known)]
        by_last = {known.run.last: known for known in kept}
        by_start = {known.run.start: known for known in kept}
        tallied, previous = list[TalliedRun](), before[-1] if before else None
        for run in runs:
            known = by_start.get(run.start) or by_last.get(run.last)
            if known is not None:
                by_start.pop(known.run.start, None)
                by_last.pop(known.run.last, None)
            previous = self._tally_run(run, known, previous)
            tallied.append(previous)
        return tallied

    def _forget(self, known: TalliedRun) -> bool:
        """Count forgotten hits out; whether the tally is of no use afterwards."""
        if not self.changed.forgotten:
            return False
        evidence = (hit for hit in self.changed.forgotten if self._was_evidence(known, hit))
        if known.tally is None:
            return any(True for _ in evidence)
        gone = [*evidence]
        known.tally.remove(gone)
        asked = self.rule.corroboration
        looks_far = asked is not None and (
            asked.within is None or span(asked.within) >= self.look_back
        )
        is_ordered = self.rule.type is CorrelationType.TEMPORAL_ORDERED
        return bool(gone) and (is_ordered or looks_far)

    def _tally_run(
        self, run: FiringRun, known: TalliedRun | None, previous: TalliedRun | None
    ) -> TalliedRun:
        is_same = known is not None and run == known.run and self._is_untouched(run, known.run)
        is_bare = known is not None and known.tally is None
        if known is not None and is_bare and is_same and not known.is_outdated:
            return known
        tally = None
        if known is not None and known.tally is not None:
            tally = self._go_on(run, known.run, known.tally)
        if tally is None:
            taken = self._take_over(run, previous, is_bare=is_bare)
            tally = taken or self._count(self._find_evidence(run))
        is_renewed = known is not None and known.is_outdated
        return TalliedRun(run, tally.sum_up(run), tally, is_renewed=is_renewed)

    def _go_on(
        self, run: FiringRun, known: FiringRun, tally: EvidenceTally
    ) -> EvidenceTally | None:
        """The tally of a run, from that of one known before; None if it has to be counted anew."""
        if not self._is_kin(run, known):
            return None
        if self._is_untouched(run, known):
            return tally
        if self._is_continued(run, known):
            tally.add(self._list_new(run, known))
            if tally.is_open:
                tally.corroborate(self._find_evidence(run))
            return tally
        return self._revise(run, known, tally) if self.changed else None

    def _take_over(
        self, run: FiringRun, previous: TalliedRun | None, *, is_bare: bool
    ) -> EvidenceTally | None:
        """The tally of the run before, over the windows of this one; None if it is not that easy.

        `is_bare`: its own was taken over.
        """
        if previous is None or previous.tally is None or not has_plain_windows(self.rule):
            return None
        is_short = len(run.firings) == 1 == len(previous.run.firings)
        if not is_short and not (is_bare and has_whole_runs(self.rule)):
            return None
        tally, previous.tally = previous.tally, None
        timespan, before = span(self.rule.timespan), previous.run.last
        opened = run.firings[0] - timespan
        left = self.hits.between(previous.run.firings[0] - timespan, opened)
        tally.remove([hit for hit in left if hit.first <= before])
        new = hits_near(self.rule, self.hits, max(opened, before), run.last)
        tally.add([hit for hit in new if hit.first > before])
        return tally

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
        find = list_outside if compares_levels(self.rule) else find_around
        return find(run, first, last) == find(known, first, last)

    def _is_untouched(self, run: FiringRun, known: FiringRun) -> bool:
        changed = self.changed
        if run.last != known.last:
            return False
        first = min(run.firings[0], known.firings[0])
        return not changed or run.last < changed.first or first > changed.last + self.look_back

    def _is_continued(self, run: FiringRun, known: FiringRun) -> bool:
        """Whether it has the same evidence, and some behind it."""
        if self.changed.removed or not has_time(run, known.last):
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

    def _revise(self, run: FiringRun, known: FiringRun, tally: EvidenceTally) -> EvidenceTally:
        """Count what became evidence, or is none any more."""
        change = EvidenceChange(self.rule, self.before, self.hits, self.changed, self.look_back)
        lost, gained = change.find(run, known)
        if lost or gained:
            tally.revise(lost, gained)
        if tally.is_open:
            tally.corroborate(self._find_evidence(run))
        return tally

    def _list(self, hits: Ordered[Hit], after: int, until: int) -> Sequence[Hit]:
        """The hits that firing times in `[after, until]` and those a timespan later may be of."""
        return hits_near(self.rule, hits, after - 1, until)

    def _was_evidence(self, known: TalliedRun, hit: Hit) -> bool:
        return is_evidence(self.rule, self.before, hit, known.run.firings)


def compares_levels(rule: WindowRule) -> bool:
    """Whether runs within the cooldown are one by their levels, which far hits may change."""
    return bool(rule.cooldown and rule.corroboration)
