"""Corroboration: how many independent owners report within a span of time."""

from collections import Counter, deque
from collections.abc import Sequence

from schemas.rule import Corroboration
from services.matcher.domain.windows.state import Hit, span
from services.matcher.domain.windows.window_rule import WindowRule

_GRADES = "ABCDE"


def is_corroborated(asked: Corroboration | None, evidence: Sequence[Hit]) -> bool:
    """Whether `asked.sources` owners report within `asked.within` of one another, edge included.

    `evidence` is sorted by time; the alert of a base rule reports for as long as it fired. An
    unknown grade never satisfies `min_reliability`. True if the rule asks for no corroboration.
    """
    if any(hit.firings for hit in evidence):
        return asked is None or _is_corroborated_by_alerts(asked, evidence)
    passing = CorroborationPass(asked)
    for hit in evidence:
        passing.add(hit)
    return passing.is_corroborated


class CorroborationPass:
    """Whether events in order, and more of them as they come, corroborate one another."""

    def __init__(self, asked: Corroboration | None) -> None:
        self._asked = asked
        self._events: deque[Hit] = deque()
        self._owners: Counter[str] = Counter()
        self.is_corroborated = asked is None

    def add(self, hit: Hit) -> None:
        """Another event, no earlier than those before."""
        asked = self._asked
        if not self.is_corroborated and asked and _is_reliable(asked.min_reliability, hit):
            self.is_corroborated = self._count(asked, hit) >= asked.sources

    def _count(self, asked: Corroboration, hit: Hit) -> int:
        """The most owners within the span that the hit is in."""
        self._events.append(hit)
        self._owners.update(hit.owners)
        while asked.within is not None and self._events[0].at < hit.at - span(asked.within):
            self._owners -= Counter(self._events.popleft().owners)
        return len(self._owners)


class AlertCorroboration(CorroborationPass):
    """The same of alerts, which last: each hit may be where a span begins.

    Of the hits where spans begin it keeps those with owners that no later one has too.
    """

    def __init__(self, asked: Corroboration | None) -> None:
        super().__init__(asked)
        self._begun: list[tuple[int, frozenset[str]]] = []

    def _count(self, asked: Corroboration, hit: Hit) -> int:
        owners = frozenset(hit.owners)
        joined = [
            (at, known | owners if _is_within(asked, at, hit) else known)
            for at, known in self._begun
        ]
        joined.append((hit.at, owners))
        kept: list[tuple[int, frozenset[str]]] = []
        for at, known in reversed(joined):
            if not any(known <= later for _at, later in kept):
                kept.append((at, known))
        self._begun = kept[::-1]
        return max(len(known) for _at, known in kept)


def make_corroboration(rule: WindowRule) -> CorroborationPass:
    """A pass without hits over the evidence of a rule."""
    make = AlertCorroboration if rule.counts_alerts else CorroborationPass
    return make(rule.corroboration)


def _is_within(asked: Corroboration, at: int, hit: Hit) -> bool:
    return asked.within is None or hit.first <= at + span(asked.within)


def _is_corroborated_by_alerts(asked: Corroboration, evidence: Sequence[Hit]) -> bool:
    graded = [hit for hit in evidence if _is_reliable(asked.min_reliability, hit)]
    return any(
        len({owner for hit in _hits_within(asked, graded, position) for owner in hit.owners})
        >= asked.sources
        for position in range(len(graded))
    )


def _is_reliable(least: str | None, hit: Hit) -> bool:
    if least is None:
        return True
    grade = hit.report.get("reliability")
    return grade is not None and grade in _GRADES and grade <= least


def _hits_within(asked: Corroboration, evidence: Sequence[Hit], first: int) -> Sequence[Hit]:
    if asked.within is None:
        return evidence
    return [hit for hit in evidence[first:] if _is_within(asked, evidence[first].at, hit)]
