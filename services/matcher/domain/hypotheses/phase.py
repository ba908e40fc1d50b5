"""Phases: how far a course of action has come, by what was observed."""

from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.score import ScoreCurve


def find_phase(curve: ScoreCurve, t: int) -> int:
    """The number of the phase that the hypothesis is in at t; 0: none has begun.

    A phase begins with the first observation of one of its indicators since the one before it
    began. It does not end by fading, only by the next, or where the observation is withdrawn.
    """
    number, since = 0, None
    for phase in curve.hypothesis.phases:
        times = (time for rule in phase.rules for time in curve.observed.get(rule, ()))
        began = min((time for time in times if (since or time) <= time <= t), default=None)
        if began is None:
            break
        number, since = number + 1, began
    return number


def describe_phase(hypothesis: WatchedHypothesis, number: int) -> str:
    """As people read it: `phase 2 of 3: one front`."""
    title = hypothesis.phases[number - 1].title
    return f"phase {number} of {len(hypothesis.phases)}: {title}"
