"""Standings: what each indicator of a hypothesis is at a time, as people ask for it."""

from dataclasses import dataclass
from enum import StrEnum

from services.matcher.domain.duty.watched_sources import covers
from services.matcher.domain.hypotheses.distance import Distance
from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.hypotheses.score import Course, course_of
from services.matcher.domain.hypotheses.state import HypothesisState


class IndicatorState(StrEnum):
    """From nothing at all to seen."""

    DORMANT = "dormant"
    WATCHING = "watching"
    OBSERVED = "observed"
    EXPIRED = "expired"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class IndicatorStatus:
    """One indicator: its state, what it adds to the score, and its distance while watching."""

    rule: str
    state: IndicatorState
    worth: float
    distance: Distance | None = None


def standings(
    hypothesis: WatchedHypothesis, state: HypothesisState, t: int
) -> tuple[IndicatorStatus, ...]:
    """Every indicator at t, in the order of the hypothesis.

    Of what is true of one the first counts: observed, blind, watching, expired, dormant. What was
    observed before its sources went down still adds to the score.
    """
    course = course_of(hypothesis, state)
    return tuple(_standing(state, course, one, t) for one in hypothesis.indicators)


def _standing(
    state: HypothesisState, course: Course, indicator: Indicator, t: int
) -> IndicatorStatus:
    rule, last = indicator.rule, course.last(indicator, t)
    if last is not None and not _expired(indicator, t - last):
        return IndicatorStatus(rule, IndicatorState.OBSERVED, course.worth(indicator, t))
    if is_blind(state, indicator):
        return IndicatorStatus(rule, IndicatorState.BLIND, 0.0)
    near = nearest_window(state, rule, t)
    if near is not None:
        return IndicatorStatus(rule, IndicatorState.WATCHING, 0.0, near)
    return IndicatorStatus(
        rule, IndicatorState.DORMANT if last is None else IndicatorState.EXPIRED, 0.0
    )


def blind_at(hypothesis: WatchedHypothesis, state: HypothesisState, t: int) -> tuple[str, ...]:
    """The indicators that are blind at t."""
    blind = IndicatorState.BLIND
    return tuple(one.rule for one in standings(hypothesis, state, t) if one.state is blind)


def is_blind(state: HypothesisState, indicator: Indicator) -> bool:
    """Whether every source that could show the indicator is silent.

    Where it is not known which could, it is those of the reports that showed it last; without any
    it is never blind.
    """
    feeding = indicator.sources or _that_showed(state, indicator.rule)
    return bool(feeding) and all(_is_silent(state, source) for source in feeding)


def _that_showed(state: HypothesisState, rule: str) -> set[str]:
    return {report["source"] for seen in state.sightings.get(rule, ()) for report in seen.evidence}


def _is_silent(state: HypothesisState, source: str) -> bool:
    return any(covers(name, source) for name in state.silent)


def _expired(indicator: Indicator, age: int) -> bool:
    return indicator.expires_after is not None and age >= indicator.expires_after


def nearest_window(state: HypothesisState, rule: str, t: int) -> Distance | None:
    """The distance at t of the window that lacks least; of such the one that stands longest."""
    known = (one.later(t) for one in state.distances.get(rule, {}).values())
    left = [one for one in known if one is not None]
    return min(left, key=lambda one: (one.asked - one.value, -one.until), default=None)
