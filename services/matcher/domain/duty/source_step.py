"""Step: one message and the state of one source go in, the next state and its alert come out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from schemas.alert import Alert
from schemas.duty import SOURCE_SILENT
from schemas.heartbeat import Heartbeat
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.duty.alert import Duty, Words, duty_alert, duty_ended
from services.matcher.domain.duty.rhythm import PULSE_EVERY, Rhythm
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.duty.source_words import end_of_watch, silence, speech
from services.matcher.domain.duty.watched_sources import WatchedSource
from services.matcher.domain.windows.state import instant, micros, span

REPEAT_EVERY = timedelta(hours=1)
"""So often hypotheses hear of a silence that stands: some may be new."""
FORGOTTEN_AFTER = timedelta(days=60)
"""So long after its last report a source that no pack names is not missed any more."""


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What a step leads to.

    `state` None: nothing is left worth keeping. `silent`: what hypotheses are to hear, None for
    nothing. `changed`: write the state.
    """

    state: SourceState | None
    alert: Alert | None = None
    silent: bool | None = None
    changed: bool = True


def hear_source(
    source: WatchedSource, state: SourceState | None, pulse: Heartbeat, moment: StepContext
) -> SourceOutcome:
    """Apply a pulse. What is stamped ahead of `moment.now` counts as of now."""
    at = min(micros(pulse.at), micros(moment.now))
    if state is None:
        return SourceOutcome(SourceState(Rhythm(at), moment.offset))
    if moment.offset <= state.offset:
        return _again(state)
    if at - state.rhythm.last < span(PULSE_EVERY) and not state.is_silent:
        return SourceOutcome(state, changed=False)
    rhythm = state.rhythm.heard(at, told=state.is_silent)
    after = msgspec.structs.replace(state, rhythm=rhythm, offset=moment.offset)
    if state.is_silent and at > state.rhythm.last and not _overdue(source, rhythm, moment.clock):
        return _over(after, speech(source, state.rhythm.last, at), at, moment.now)
    return SourceOutcome(after)


def tick_source(
    source: WatchedSource | None, name: str, state: SourceState, moment: StepContext
) -> SourceOutcome:
    """Judge the silence at the clock; `source` None: it is not watched as `name` any more."""
    if moment.offset <= state.offset:
        return _again(state)
    if moment.clock is None:
        return SourceOutcome(state, changed=False)
    clock = micros(moment.clock)
    after = msgspec.structs.replace(state, offset=moment.offset)
    known = source or WatchedSource(name)
    if source is None or _is_forgotten(known, state.rhythm, clock):
        return _dropped(known, after, clock, moment)
    if not _overdue(known, state.rhythm, moment.clock):
        return _excused(known, state, after, moment)
    if state.is_silent:
        return SourceOutcome(msgspec.structs.replace(after, repeated=clock), silent=True)
    return _begun(known, after, clock, moment)


def source_deadline(source: WatchedSource | None, state: SourceState) -> datetime | None:
    """The clock time at which a tick has to step this state; None: never."""
    if source is None:
        return instant(state.rhythm.last)
    times = [] if source.named else [state.rhythm.last + span(FORGOTTEN_AFTER)]
    due = state.repeated + span(REPEAT_EVERY) if state.is_silent else _due(source, state.rhythm)
    times += [] if due is None else [due]
    return instant(min(times)) if times else None


def _due(source: WatchedSource, rhythm: Rhythm) -> int | None:
    """When a silence after the last report is longer than expected."""
    allowed = rhythm.allowed if source.every is None else span(source.every)
    unheard = span(PULSE_EVERY)
    return None if source.never or allowed is None else rhythm.last + allowed + unheard


def _overdue(source: WatchedSource, rhythm: Rhythm, clock: datetime | None) -> bool:
    due = _due(source, rhythm)
    return due is not None and clock is not None and due <= micros(clock)


def _is_forgotten(source: WatchedSource, rhythm: Rhythm, clock: int) -> bool:
    return not source.named and rhythm.last + span(FORGOTTEN_AFTER) <= clock


def _again(state: SourceState) -> SourceOutcome:
    silent = None if state.announced is None else state.is_silent
    return SourceOutcome(state, state.alert, silent, changed=False)


def _begun(
    source: WatchedSource, state: SourceState, clock: int, moment: StepContext
) -> SourceOutcome:
    at = instant(_due(source, state.rhythm) or clock)
    words = silence(source, state.rhythm, clock)
    told = duty_alert(_duty(source), words, at, moment.now, state.serial)
    alert = told.model_copy(update={"hypotheses": source.hypotheses})
    after = msgspec.structs.replace(state, serial=state.serial + 1, repeated=clock)
    return SourceOutcome(after.telling(alert), alert, silent=True)


def _over(state: SourceState, words: Words, at: int, now: datetime) -> SourceOutcome:
    alert = state.alert
    if alert is None or not state.is_silent:
        return SourceOutcome(state)
    ended = duty_ended(alert, words, instant(at), now)
    return SourceOutcome(state.telling(ended), ended, silent=False)


def _excused(
    source: WatchedSource, before: SourceState, after: SourceState, moment: StepContext
) -> SourceOutcome:
    """Less is expected of it than when its silence was told."""
    if not before.is_silent:
        return SourceOutcome(before, changed=False)
    words = end_of_watch(source, before.rhythm.last)
    return _over(after, words, micros(moment.now), moment.now)


def _dropped(
    source: WatchedSource, state: SourceState, clock: int, moment: StepContext
) -> SourceOutcome:
    over = _over(state, end_of_watch(source, state.rhythm.last), clock, moment.now)
    return replace(over, state=None)


def _duty(source: WatchedSource) -> Duty:
    group = {"source": source.name}
    return Duty(SOURCE_SILENT, "A source is silent", group, source.level)
