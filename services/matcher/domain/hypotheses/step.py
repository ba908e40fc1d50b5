"""One message and the state of one hypothesis go in; the next state and its alerts come out."""

from datetime import datetime

import msgspec

from services.matcher.domain.alerts.step import StepContext, StepResult
from services.matcher.domain.hypotheses.apply_change import trim_state
from services.matcher.domain.hypotheses.change import AlertChange, IndicatorChange
from services.matcher.domain.hypotheses.crossing import Crossing, find_next_crossing
from services.matcher.domain.hypotheses.fit import fit_state
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.level_step import LevelStep
from services.matcher.domain.hypotheses.score import build_score_curve
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.state import instant, micros


def step_hypothesis(
    hypothesis: WatchedHypothesis,
    state: HypothesisState,
    message: IndicatorChange | None,
    context: StepContext,
) -> StepResult[HypothesisState]:
    """Apply one change of an indicator, or a tick (None), to the state of its hypothesis.

    Every crossing up to the clock is announced with its own time, however late the tick. A message
    that is not past the state's offset changes nothing and sends the current revision of every
    alert again.
    """
    if context.offset <= state.offset:
        return StepResult(state, state.alerts, is_changed=False)
    if message is None and context.clock is None:
        return StepResult(state, is_changed=False)
    step = LevelStep(hypothesis, state, micros(context.now))
    until = _find_end(state, message, context)
    if until is not None:
        step = step.pass_time(until)
    if message is not None:
        step = step.apply(message)
    after = fit_state(trim_state(hypothesis, step.state))
    return StepResult(msgspec.structs.replace(after, offset=context.offset), step.alerts)


def hypothesis_deadline(hypothesis: WatchedHypothesis, state: HypothesisState) -> datetime | None:
    """The clock time at which a tick has to step this state: that of the next crossing.

    Before the first message it is that of the first prior observation.
    """
    if state.time is None:
        due = min((prior.at for prior in hypothesis.observed), default=None)
    else:
        present = Crossing(state.time, state.rank)
        due = find_next_crossing(build_score_curve(hypothesis, state), present)
    return None if due is None else instant(due)


def _find_end(
    state: HypothesisState, message: IndicatorChange | None, context: StepContext
) -> int | None:
    """The time up to which the level can be evaluated; future reports count from their time."""
    times = [] if state.time is None else [state.time]
    if context.clock is not None:
        times.append(micros(context.clock))
    if isinstance(message, AlertChange):
        times.append(micros(min(message.known, context.now)))
    return max(times, default=None)
