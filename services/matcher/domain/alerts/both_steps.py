"""Both steps: a message in; the state and alerts by words, and what suspicion adds to them, out.

The step by words is made as if there were no suspicion, so none prevents, ends or changes anything
that words find.
"""

import msgspec

from schemas.signal import Signal
from schemas.verdict import Verdict
from services.matcher.domain.alerts.apply import RetractedEvents, is_forgotten, is_too_late
from services.matcher.domain.alerts.deadline import is_due
from services.matcher.domain.alerts.judge import judge
from services.matcher.domain.alerts.second_step import Message, begin_second
from services.matcher.domain.alerts.step import (
    TOO_LATE,
    StepContext,
    StepResult,
    WindowResult,
    begin_state,
    step_window,
)
from services.matcher.domain.alerts.suspicion import (
    apply_suspected,
    begin_suspicion,
    follow_words,
    is_valid,
)
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule


def step_both(
    rule: WindowRule, state: WindowState, message: Message | None, context: StepContext
) -> WindowResult:
    """Apply a message, or a tick (None), to both evaluations of a state; see `step_window`."""
    if context.offset <= state.offset or (message is None and context.backfilling):
        return step_window(rule, state, None, context)
    if isinstance(message, Verdict):
        return _step_verdict(rule, state, message, context)
    if isinstance(message, Signal) and message.suspected:
        return _step_suspected(rule, state, message, context)
    if state.suspicion is None:
        return step_window(rule, state, message, context)
    return _step_words(rule, state, state.suspicion, message, context)


def _step_words(
    rule: WindowRule,
    state: WindowState,
    suspicion: WindowState,
    message: Signal | RetractedEvents | None,
    context: StepContext,
) -> WindowResult:
    """Apply what words found, or a tick, where suspected hits are known too."""
    second = begin_second(rule, state, suspicion, message, context)
    words = (
        _pass_words(state, context)
        if message is None and not _is_due(rule, state, context)
        else step_window(rule, state, message, context)
    )
    if words.state is None or not words.is_changed:
        return words
    return second.finish(words, _follow(rule, words.state, second.before, message))


def _is_due(rule: WindowRule, state: WindowState, context: StepContext) -> bool:
    """Whether time has to be passed on to what words found: not for what is suspected alone."""
    words = msgspec.structs.replace(state, suspicion=None)
    return context.clock is not None and is_due(rule, words, context.clock)


def _follow(
    rule: WindowRule,
    words: WindowState,
    suspicion: WindowState,
    message: Signal | RetractedEvents | None,
) -> WindowState:
    """The second evaluation after a message that made the state `words`."""
    if isinstance(message, Signal):
        return follow_words(rule, words, suspicion, message)
    return suspicion if message is None else message.take_out(suspicion)


def _step_suspected(
    rule: WindowRule, state: WindowState, signal: Signal, context: StepContext
) -> WindowResult:
    if is_too_late(rule, signal):
        return StepResult(state, refused=TOO_LATE, is_changed=False)
    known = state if state.suspicion is None else state.suspicion
    is_old = is_forgotten(rule, known, signal, context.forgets_by)
    if is_old or not is_valid(rule, state, signal, context.generation.changed_in):
        return StepResult(state, is_changed=False)
    begun = begin_state(rule, state, signal, context)
    suspicion = begun.suspicion or begin_suspicion(rule, begun)
    second = begin_second(rule, begun, suspicion, signal, context)
    return second.finish(_pass_words(begun, context), apply_suspected(rule, second.before, signal))


def _step_verdict(
    rule: WindowRule, state: WindowState, verdict: Verdict, context: StepContext
) -> WindowResult:
    """Apply a verdict. One on an alert that words found, or on none that is known, does nothing."""
    if state.suspicion is None:
        return StepResult(state, is_changed=False)
    second = begin_second(rule, state, state.suspicion, verdict, context)
    judged = judge(rule, second.before, verdict, context)
    if judged is second.before:
        return StepResult(state, is_changed=False)
    return second.finish(_pass_words(state, context), judged)


def _pass_words(state: WindowState, context: StepContext) -> WindowResult:
    """The result of a message that changes nothing of what words found."""
    return StepResult(msgspec.structs.replace(state, offset=context.offset))
