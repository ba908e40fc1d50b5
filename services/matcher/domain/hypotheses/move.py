"""Moves: which indicator led to a change of the level, and how."""

from dataclasses import dataclass

from schemas.alert import Status
from services.matcher.domain.hypotheses.change import AlertChange
from services.matcher.domain.hypotheses.hypothesis import Indicator
from services.matcher.domain.hypotheses.score import Course

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Move:
    """The rule of an indicator and what became of it; `alert` the id of its alert, if one did."""

    rule: str
    how: str
    alert: str = ""


def heard(change: AlertChange) -> Move:
    """The move that a change makes at once."""
    how = "was withdrawn" if change.status is Status.WITHDRAWN else "was observed"
    return Move(change.rule, how, change.alert)


def passed(course: Course, at: int) -> Move:
    """The move that time makes at `at`: of the indicator that moves the score most its way."""
    sudden = at in course.breaks(at - 1)
    before = at - (1 if sudden else _SECOND)
    way = 1 if course.score(at) >= course.score(before) else -1

    def gained(indicator: Indicator) -> float:
        return way * (course.worth(indicator, at) - course.worth(indicator, before))

    mover = max(course.hypothesis.indicators, key=gained)
    if course.last(mover, at) == at:
        return Move(mover.rule, "was observed")
    return Move(mover.rule, "expired" if sudden and not course.worth(mover, at) else "faded")
