"""Corroboration: how many independent owners report within a span of time."""

from bisect import bisect_right
from collections.abc import Sequence

from schemas.rule import Corroboration
from services.matcher.domain.windows.state import Hit, span

_GRADES = "ABCDE"


def is_corroborated(asked: Corroboration | None, evidence: Sequence[Hit]) -> bool:
    """Whether `asked.sources` owners report within `asked.within` of one another, edge included.

    `evidence` is sorted by time; the alert of a base rule reports for as long as it fired. An
    unknown grade never satisfies `min_reliability`. True if the rule asks for no corroboration.
    """
    if asked is None:
        return True
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
    edge = evidence[first].at + span(asked.within)
    if any(hit.firings for hit in evidence):
        return [hit for hit in evidence[first:] if hit.first <= edge]
    return evidence[first : bisect_right(evidence, edge, key=lambda hit: hit.at)]
