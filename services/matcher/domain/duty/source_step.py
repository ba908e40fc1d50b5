"""One message and the state of one source go in; the next state and its alert come out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from schemas.alert import Alert
from schemas.duty import SOURCE_SILENT
from schemas.heartbeat import HEARTBEAT_INTERVAL, Heartbeat
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.duty.alert import Duty, DutyText, fire_duty_alert, resolve_duty_alert
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.duty.source_text import (
    describe_end_of_watch,
    describe_new_rhythm,
    describe_report,
    describe_silence,
)
from services.matcher.domain.duty.watched_sources import WatchedSource
from services.matcher.domain.windows.state import instant, micros, span

REPEAT_EVERY = timedelta(hours=1)
"""How often hypotheses are informed of a silence that lasts: some may be new."""


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What a step leads to.

    `state` None: delete it. `silent`: what to inform the hypotheses of, None for nothing.
    `is_changed`: write the state.
    """

    state: SourceState | None
    alert: Alert | None = None
    silent: bool | None = None
    is_changed: bool = True


def hear_source(
    source: WatchedSource, state: SourceState | None, heartbeat: Heartbeat, context: StepContext
) -> SourceOutcome:
    """Apply a heartbeat. A time after `context.now` counts as `context.now`."""
    at = min(micros(heartbeat.at), micros(context.now))
    if state is None:
        return SourceOutcome(SourceState(at, offset=context.offset))
    if context.offset <= state.offset:
        return _repeat(state)
    if at - state.last_report < span(HEARTBEAT_INTERVAL) and not state.is_silent:
        return SourceOutcome(state, is_changed=False)
    last_report = max(state.last_report, at)
    after = msgspec.structs.replace(state, last_report=last_report, offset=context.offset)
    if last_report == state.last_report or _is_overdue(source, after, context.clock):
        return SourceOutcome(after)
    return _resolve(after, describe_report(source, state.last_report, at), at, context.now)


def tick_source(
    source: WatchedSource | None, state: SourceState, context: StepContext
) -> SourceOutcome:
    """Judge the silence at the clock; `source` None: no pack names the source any more."""
    if context.offset <= state.offset:
        return _repeat(state)
    if context.clock is None:
        return SourceOutcome(state, is_changed=False)
    clock, after = micros(context.clock), msgspec.structs.replace(state, offset=context.offset)
    if source is None:
        return replace(_end_watch(after, clock, context.now), state=None)
    if _is_overdue(source, state, context.clock):
        return _keep_silent(source, after, clock, context.now)
    if not state.is_silent:
        return SourceOutcome(state, is_changed=False)
    return _resolve(after, describe_new_rhythm(source, state.last_report), clock, context.now)


def source_deadline(source: WatchedSource | None, state: SourceState) -> datetime:
    """The clock time at which a tick has to step this state."""
    if source is None:
        return instant(state.last_report)
    if state.is_silent:
        return instant(state.repeated + span(REPEAT_EVERY))
    return instant(_silent_from(source, state))


def _silent_from(source: WatchedSource, state: SourceState) -> int:
    """When its silence exceeds what is expected; a report may be missing for one interval."""
    return state.last_report + span(source.every) + span(HEARTBEAT_INTERVAL)


def _is_overdue(source: WatchedSource, state: SourceState, clock: datetime | None) -> bool:
    return clock is not None and _silent_from(source, state) <= micros(clock)


def _repeat(state: SourceState) -> SourceOutcome:
    silent = None if state.announced is None else state.is_silent
    return SourceOutcome(state, state.alert, silent, is_changed=False)


def _keep_silent(
    source: WatchedSource, state: SourceState, clock: int, now: datetime
) -> SourceOutcome:
    if state.is_silent:
        return SourceOutcome(msgspec.structs.replace(state, repeated=clock), silent=True)
    duty = Duty(SOURCE_SILENT, "A source is silent", {"source": source.name}, source.level)
    text = describe_silence(source, state.last_report, clock)
    at = instant(_silent_from(source, state))
    alert = fire_duty_alert(duty, text, at, now, state.serial).model_copy(
        update={"hypotheses": source.hypotheses}
    )
    after = msgspec.structs.replace(state, serial=state.serial + 1, repeated=clock)
    return SourceOutcome(after.with_alert(alert), alert, silent=True)


def _end_watch(state: SourceState, clock: int, now: datetime) -> SourceOutcome:
    name = "" if state.alert is None else state.alert.group["source"]
    return _resolve(state, describe_end_of_watch(name, state.last_report), clock, now)


def _resolve(state: SourceState, text: DutyText, at: int, now: datetime) -> SourceOutcome:
    """End the silence, if there is one."""
    if state.alert is None or not state.is_silent:
        return SourceOutcome(state)
    alert = resolve_duty_alert(state.alert, text, instant(at), now)
    return SourceOutcome(state.with_alert(alert), alert, silent=False)
