"""Fitting: the state of a hypothesis made small enough for a message, whatever it was shown."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from services.matcher.domain.hypotheses.state import (
    HypothesisState,
    Observation,
)

LARGEST_HYPOTHESIS = 800_000
"""Bytes of the state of a hypothesis as stored."""
_MOST_WINDOWS = 4
_MOST_EVIDENCE = 5


def fit_state(state: HypothesisState) -> HypothesisState:
    """The state, without some of its older evidence and farther windows if it is too large."""
    for lighten in _LIGHTEN:
        if len(state.encode()) <= LARGEST_HYPOTHESIS:
            break
        state = lighten(state)
    return state


def _drop_old_reports(state: HypothesisState) -> HypothesisState:
    observations = {rule: _bare(of_rule) for rule, of_rule in state.observations.items()}
    return replace(state, observations=observations)


def _bare(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """The observations, with one report of the last of them."""
    older = (replace(observation, evidence=()) for observation in observations[:-1])
    last = (replace(newest, evidence=newest.evidence[:1]) for newest in observations[-1:])
    return (*older, *last)


def _drop_far_windows(state: HypothesisState) -> HypothesisState:
    distances = {
        rule: dict(sorted(windows.items(), key=lambda pair: pair[1].missing)[:_MOST_WINDOWS])
        for rule, windows in state.distances.items()
    }
    return replace(state, distances=distances)


def _drop_old_evidence(state: HypothesisState) -> HypothesisState:
    announced = tuple(
        {**alert, "evidence": alert.get("evidence", [])[:_MOST_EVIDENCE]}
        for alert in state.announced
    )
    return replace(state, announced=announced)


_LIGHTEN: Sequence[Callable[[HypothesisState], HypothesisState]] = (
    _drop_old_reports,
    _drop_far_windows,
    _drop_old_evidence,
)
