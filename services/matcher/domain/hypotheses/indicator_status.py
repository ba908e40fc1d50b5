"""The status of each indicator of a hypothesis at a time."""

from dataclasses import dataclass
from enum import StrEnum

from services.matcher.domain.duty.watched_sources import covers
from services.matcher.domain.hypotheses.distance import Distance
from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.hypotheses.score import ScoreCurve, build_score_curve
from services.matcher.domain.hypotheses.state import HypothesisState


class IndicatorState(StrEnum):
    """The five states of an indicator."""

    DORMANT = "dormant"
    WATCHING = "watching"
    OBSERVED = "observed"
    EXPIRED = "expired"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class IndicatorStatus:
    """An indicator at a time: its state, its share of the score, its distance while watching."""

    rule: str
    state: IndicatorState
    contribution: float = 0.0
    distance: Distance | None = None


def assess_indicators(
    hypothesis: WatchedHypothesis, state: HypothesisState, t: int
) -> tuple[IndicatorStatus, ...]:
    """Every indicator at t, in the order of the hypothesis.

    The first state that holds is valid: observed, blind, watching, expired, dormant. What was
    observed before its sources went silent still contributes.
    """
    curve = build_score_curve(hypothesis, state)
    return tuple(_assess(state, curve, indicator, t) for indicator in hypothesis.indicators)


def _assess(
    state: HypothesisState, curve: ScoreCurve, indicator: Indicator, t: int
) -> IndicatorStatus:
    rule, last = indicator.rule, curve.last_observed(indicator, t)
    if last is not None and not indicator.is_expired(t - last):
        contribution = curve.contribution(indicator, t)
        return IndicatorStatus(rule, IndicatorState.OBSERVED, contribution)
    if is_blind(state, indicator):
        return IndicatorStatus(rule, IndicatorState.BLIND)
    if nearest := find_nearest_distance(state, rule, t):
        return IndicatorStatus(rule, IndicatorState.WATCHING, distance=nearest)
    return IndicatorStatus(rule, IndicatorState.DORMANT if last is None else IndicatorState.EXPIRED)


def find_blind_indicators(
    hypothesis: WatchedHypothesis, state: HypothesisState, t: int
) -> tuple[str, ...]:
    """The rules of the indicators that are blind at t."""
    statuses = assess_indicators(hypothesis, state, t)
    return tuple(status.rule for status in statuses if status.state is IndicatorState.BLIND)


def is_blind(state: HypothesisState, indicator: Indicator) -> bool:
    """Whether every source that could show the indicator is silent.

    Where these are not known by name, they are the sources of its last evidence; without any it is
    never blind.
    """
    sources = indicator.sources or _find_evidence_sources(state, indicator.rule)
    return bool(sources) and all(_is_silent(state, source) for source in sources)


def _find_evidence_sources(state: HypothesisState, rule: str) -> set[str]:
    observations = state.observations.get(rule, ())
    return {report["source"] for observation in observations for report in observation.evidence}


def _is_silent(state: HypothesisState, source: str) -> bool:
    return any(covers(name, source) for name in state.silent_sources)


def find_nearest_distance(state: HypothesisState, rule: str, t: int) -> Distance | None:
    """The distance at t of the window that misses least; of such the one valid for longest."""
    later = (distance.at(t) for distance in state.distances.get(rule, {}).values())
    valid = [distance for distance in later if distance is not None]
    return min(valid, key=lambda distance: (distance.missing, -distance.until), default=None)
