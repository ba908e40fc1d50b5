"""EvidenceChange: the evidence of a run that came or went with a window's hits."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.firing_difference import find_before, find_differing_times
from services.matcher.domain.alerts.tally import is_evidence
from services.matcher.domain.windows.changed_hits import ChangedHits
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, Hit, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """From the hits `before` to `hits`; firing times changed up to `look_back` behind a hit."""

    rule: WindowRule
    before: Ordered[Hit]
    hits: Ordered[Hit]
    changed: ChangedHits
    look_back: int

    def find(self, run: FiringRun, known: FiringRun) -> tuple[list[Hit], list[Hit]]:
        """What a run that was `known` before lost, and gained; what is forgotten is neither."""
        after, until = self._find_revised(run, known)
        forgotten = set(map(id, self.changed.forgotten))
        old = {
            id(hit): hit
            for hit in self._list_near(self.before, after, until)
            if id(hit) not in forgotten and is_evidence(self.rule, self.before, hit, known.firings)
        }
        new = {
            id(hit): hit
            for hit in self._list_near(self.hits, after, until)
            if is_evidence(self.rule, self.hits, hit, run.firings)
        }
        lost = [hit for key, hit in old.items() if key not in new]
        gained = [hit for key, hit in new.items() if key not in old]
        return lost, gained

    def _find_revised(self, run: FiringRun, known: FiringRun) -> tuple[int, int]:
        """The first and last time at which hits may have become evidence, or none.

        Whether a hit is evidence depends on the first firing time from its beginning on, and that
        of an absence on its own. So that changed of those between the time before the times that
        changed and the last of these.
        """
        changed, timespan = self.changed, span(self.rule.timespan)
        after, until = changed.first - timespan, changed.last + self.look_back
        first, last = find_differing_times(run.firings, known.firings)
        if self.rule.type is CorrelationType.ABSENCE:
            first, last = first - timespan, last - timespan
        after, until = max(after, min(first, changed.first)), min(until, max(last, changed.last))
        if self.rule.type is CorrelationType.TEMPORAL_ORDERED:
            after, until = self._find_ordered(run, known, after), self._find_step(until)
        return after, until

    def _find_ordered(self, run: FiringRun, known: FiringRun, after: int) -> int:
        """The time before which a hit has the same first firing time, before all that changed.

        A first step changes whether hits before it are evidence, back to the firing time before.
        """
        first = self.changed.first
        times = (find_before(firings, first) for firings in (run.firings, known.firings))
        before = min(*times, after)
        return max(before, first - span(self.rule.timespan))

    def _find_step(self, until: int) -> int:
        """When the next first step begins, from which on all that follow are as they were."""
        added = set(map(id, self.changed.added))
        last = self.changed.last
        steps = (
            hit.first
            for hit in self.hits.forwards(last, last + self.look_back)
            if hit.base == self.rule.bases[0] and id(hit) not in added
        )
        return max(until, next(steps, last + self.look_back))

    def _list_near(self, hits: Ordered[Hit], after: int, until: int) -> Sequence[Hit]:
        return hits_near(self.rule, hits, after - 1, until)
