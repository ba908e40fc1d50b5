"""Shared margins: what the terms of many windows may gain and lose while all of them fire."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from math import ceil, floor, inf

from rapidfuzz import process
from rapidfuzz.fuzz import token_sort_ratio

from services.matcher.domain.windows.cluster import MOST_TERMS
from services.matcher.domain.windows.margins import Margins, rises_only
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FOREVER, Hit, span
from services.matcher.domain.windows.window import hits_near
from services.matcher.domain.windows.window_rule import WindowRule

_ENOUGH = 16
"""Proofs that are counted at most."""
_MOST_LOOKED_AT = MOST_TERMS // 2
"""Terms that are looked at for proofs, so that as many may be used later."""


def find_shared_margins(
    rule: WindowRule, hits: Ordered[Hit], times: Sequence[int]
) -> Margins | None:
    """The margins of neighbouring times, at all of which a shared_term fires; None if unknown.

    A few hits of all windows whose terms are linked, by enough users, prove it while their terms
    are among those used last. It takes one change for each proof to leave none, and those before
    the oldest one change nothing.
    """
    if not rises_only(rule.condition):
        return None
    proofs, opened = _Proofs(rule.similarity, _find_needed(rule)), times[-1] - span(rule.timespan)
    near = takewhile(lambda hit: hit.at > opened, hits.backwards(times[0]))
    proofs.look_at(hit for hit in near if hit.last > opened)
    if not proofs.count:
        return None
    behind = hits_near(rule, hits, proofs.oldest - 1, times[-1])
    terms = {term for hit in behind if hit.first >= proofs.oldest for term in hit.values}
    spare = MOST_TERMS - len(terms)
    return (
        None if spare < 0 else Margins(spare, proofs.count - 1, proofs.oldest, inf, proofs.oldest)
    )


def _find_needed(rule: WindowRule) -> int:
    """The least number of users that meets the condition."""
    condition, needed = rule.condition, 1
    if condition.gte is not None:
        needed = max(needed, ceil(condition.gte))
    return needed if condition.gt is None else max(needed, floor(condition.gt) + 1)


class _Proofs:
    """How often enough users use similar terms, by hits of which none is counted twice."""

    def __init__(self, similarity: float, needed: int) -> None:
        self._similarity, self._needed = similarity, needed
        self._open: dict[str, list[Hit]] = {}
        """By a term the hit that it is of, and others with a term that is similar to it."""
        self.count = 0
        self.oldest = FOREVER

    def look_at(self, hits: Iterable[Hit]) -> None:
        """Count the proofs that hits are, until there are enough."""
        terms = set[str]()
        for hit in hits:
            terms.update(hit.values)
            if self.count == _ENOUGH or len(terms) > _MOST_LOOKED_AT:
                return
            for term in self._join(hit):
                self._close(term)

    def _join(self, hit: Hit) -> Sequence[str]:
        """By which terms the hit is held now."""
        similar = self._find_similar(hit)
        if similar is not None:
            self._open[similar].append(hit)
            return (similar,)
        self._open.update((term, [hit]) for term in hit.values)
        return hit.values

    def _find_similar(self, hit: Hit) -> str | None:
        for term in hit.values:
            known = process.extractOne(
                term, list(self._open), scorer=token_sort_ratio, score_cutoff=self._similarity
            )
            if known is not None:
                return known[0]
        return None

    def _close(self, term: str) -> None:
        """If enough users use a term, and those similar to it, that is a proof."""
        hits = self._open.get(term, [])
        if len(set[str]().union(*(hit.by for hit in hits))) < self._needed:
            return
        for other in hits[0].values:
            if self._open[other][0] is hits[0]:
                del self._open[other]
        self.count += 1
        self.oldest = min(self.oldest, *(hit.first for hit in hits))
