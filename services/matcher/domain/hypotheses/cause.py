"""Causes: which indicator led to a change of the level, and how."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.alert import Status
from services.matcher.domain.hypotheses.change import AlertChange
from services.matcher.domain.hypotheses.hypothesis import Indicator
from services.matcher.domain.hypotheses.score import ScoreCurve

_SECOND = 1_000_000


class CauseKind(StrEnum):
    """What became of an indicator, as people read it."""

    OBSERVED = "was observed"
    WITHDRAWN = "was withdrawn"
    EXPIRED = "expired"
    FADED = "faded"
    NEAR = "is near"
    PAST = "is past"


@dataclass(frozen=True, slots=True)
class Cause:
    """The rule of an indicator and what became of it; `alert` is the id of its alert, if any.

    Where a scheduled event changes its weight, `scheduled` is the title of that event.
    """

    rule: str
    kind: CauseKind
    alert: str = ""
    scheduled: str = ""

    def __str__(self) -> str:
        return f"{self.scheduled or self.rule} {self.kind}"


def cause_of_alert(change: AlertChange) -> Cause:
    """The cause that an alert of an indicator is."""
    is_withdrawn = change.status is Status.WITHDRAWN
    kind = CauseKind.WITHDRAWN if is_withdrawn else CauseKind.OBSERVED
    return Cause(change.rule, kind, change.alert)


def find_cause_in_time(curve: ScoreCurve, at: int) -> Cause:
    """The cause of a crossing at `at` without an alert: the indicator that moves the score most."""
    is_sudden = at in curve.breakpoints(at - 1)
    before = at - (1 if is_sudden else _SECOND)
    sign = 1 if curve.score(at) >= curve.score(before) else -1

    def moved(indicator: Indicator) -> float:
        return sign * (curve.contribution(indicator, at) - curve.contribution(indicator, before))

    indicator = max(curve.hypothesis.indicators, key=moved)
    if curve.last_observed(indicator, at) == at:
        return Cause(indicator.rule, CauseKind.OBSERVED)
    for span in curve.hypothesis.scheduled:
        if at in (span.start, span.end) and indicator.rule in span.factors:
            kind = CauseKind.NEAR if at == span.start else CauseKind.PAST
            return Cause(indicator.rule, kind, scheduled=span.title)
    is_expired = is_sudden and not curve.contribution(indicator, at)
    return Cause(indicator.rule, CauseKind.EXPIRED if is_expired else CauseKind.FADED)
