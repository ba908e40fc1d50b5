"""EvidenceTally: what an alert says of its evidence, kept up to date as evidence comes and goes."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.corroboration import CorroborationPass, make_corroboration
from services.matcher.domain.alerts.episodes import EvidenceTotals, is_overdue, name_owners
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FOREVER, FiringRun, Hit, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule

CHOOSING = {
    CorrelationType.ABSENCE,
    CorrelationType.TEMPORAL_ORDERED,
    CorrelationType.RATE_CHANGE,
}
"""Types that do not have all of a window as evidence."""


@dataclass(slots=True)
class EvidenceTally:
    """Counts over the evidence of one run. It changes with it."""

    rule: WindowRule
    events: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    live: int = 0
    overdue: int = 0
    named: tuple[str, ...] = ()
    corroboration: CorroborationPass = field(init=False)
    is_behind: bool = False
    """Whether there is evidence that the corroboration has not counted, or that is gone."""

    def __post_init__(self) -> None:
        self.corroboration = make_corroboration(self.rule)

    def add(self, hits: Iterable[Hit]) -> None:
        """Count more evidence, in order, behind what is counted."""
        for hit in hits:
            self._count(hit)
            if not self.is_behind:
                self.corroboration.add(hit)

    def revise(self, lost: Sequence[Hit], gained: Sequence[Hit]) -> None:
        """Count evidence out, and more of it that is not behind what is counted."""
        self.remove(lost)
        for hit in gained:
            self._count(hit)
        # of those that corroborate one another more change nothing
        is_shaken = bool(lost) or not self.corroboration.is_corroborated
        self.is_behind = self.is_behind or (is_shaken and self.rule.corroboration is not None)

    def _count(self, hit: Hit) -> None:
        self.events[hit.identity] += 1
        self.live += not hit.backfill
        self.overdue += is_overdue(self.rule, hit)
        for owner in hit.owners:
            self.owners[owner] += 1
            if self.owners[owner] == 1:
                self.named = name_owners((*self.named, owner))

    def remove(self, hits: Iterable[Hit]) -> None:
        """Count evidence out; corroboration is not."""
        for hit in hits:
            self.live -= not hit.backfill
            self.overdue -= is_overdue(self.rule, hit)
            count_out(self.events, (hit.identity,))
            count_out(self.owners, hit.owners)
            if not self.owners.keys() >= set(self.named):
                self.named = name_owners(self.owners)

    @property
    def is_open(self) -> bool:
        """Whether it has to be found anew whether the evidence is corroborated."""
        asked = self.rule.corroboration
        return self.is_behind and asked is not None and len(self.owners) >= asked.sources

    def corroborate(self, evidence: Iterable[Hit]) -> None:
        """Find anew whether the evidence, all of it, in order, is corroborated."""
        self.corroboration, self.is_behind = make_corroboration(self.rule), False
        for hit in evidence:
            self.corroboration.add(hit)

    @property
    def _is_corroborated(self) -> bool:
        asked = self.rule.corroboration
        # what it has not counted is of too few owners
        return asked is None or (not self.is_behind and self.corroboration.is_corroborated)

    def sum_up(self, run: FiringRun) -> EvidenceTotals:
        """The totals of a run with this evidence."""
        return EvidenceTotals(
            count=len(self.events) + run.dropped,
            owners=name_owners((*run.owners, *self.named)) if run.owners else self.named,
            backfill=bool(self.events) and not self.live,
            corroborated=run.corroborated or self._is_corroborated,
            overdue=self.overdue > 0,
        )


def has_plain_windows(rule: WindowRule) -> bool:
    """Whether the evidence of one firing time is all that lies in its window."""
    return not (rule.certain or rule.corroboration) and rule.type not in CHOOSING


def has_whole_runs(rule: WindowRule) -> bool:
    """Whether the evidence of a run is all between its first window and its last time."""
    return has_plain_windows(rule) and rule.resolve_after + rule.cooldown <= rule.timespan


def is_evidence(rule: WindowRule, hits: Ordered[Hit], hit: Hit, firings: Sequence[int]) -> bool:
    """Whether a hit, one of `hits`, is in the evidence of sorted firing times."""
    timespan = span(rule.timespan)
    if rule.type is CorrelationType.ABSENCE:
        place = bisect_left(firings, hit.at + timespan)
        is_due = place < len(firings) and firings[place] == hit.at + timespan
        return is_due and hit.base == rule.bases[0]
    place = bisect_left(firings, hit.first)
    counts_until = hit.first if rule.type is CorrelationType.RATE_CHANGE else hit.last
    if place == len(firings) or firings[place] >= counts_until + timespan:
        return False
    if rule.type is not CorrelationType.TEMPORAL_ORDERED:
        return True
    return _has_begun(rule, hits, hit, firings[place])


def _has_begun(rule: WindowRule, hits: Ordered[Hit], hit: Hit, firing: int) -> bool:
    """Whether the window of a firing time has its first step by then, or has none at all."""
    first, opened = rule.bases[0], firing - span(rule.timespan)
    if hit.base == first:
        return True
    for other in hits.backwards(hit.at):
        if other.at <= opened:
            break
        if other.base == first and other.last > opened:
            return True
    later = hits_near(rule, hits, hit.at, firing)
    begins = [other.first for other in later if other.base == first and other.last > opened]
    earliest = min(begins, default=FOREVER)
    return earliest <= hit.at or earliest > firing
