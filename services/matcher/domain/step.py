"""Step: one message and the state of one key go in, the next state and alerts come out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from schemas.alert import Alert
from schemas.signal import Signal, SignalKind
from services.matcher.domain.announce import (
    Hearing,
    announce,
    ends_at,
    resolve,
    settle_claims,
)
from services.matcher.domain.episodes import Episode, belated, episodes
from services.matcher.domain.forget import forget
from services.matcher.domain.render import rendered_alert, state_fingerprint
from services.matcher.domain.state import Hit, State, hit_of, instant, micros, span
from services.matcher.domain.window import with_hit
from services.matcher.domain.window_rule import WindowRule

TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a message reaches the engine.

    `offset` is the message's in its signals partition; `clock` the least tick over the events
    partitions, None until all have ticked; `now` becomes `detected_at` and `updated_at`.
    """

    offset: int
    clock: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step leads to.

    `state` None: nothing is left worth keeping. `alerts` are to be sent in order, whether new or
    sent again. `refused` is the reason to dead-letter the signal with. `changed`: write the state.
    """

    state: State | None
    alerts: tuple[Alert, ...] = ()
    refused: str | None = None
    changed: bool = True


def step(rule: WindowRule, state: State, message: Signal | None, moment: Moment) -> Outcome:
    """Apply one signal, or a tick (None), to the state of its key.

    A message that is not past the state's offset changes nothing and sends the current revision
    of every alert again: the state may have been kept and the alert lost.
    """
    if moment.offset <= state.offset:
        return Outcome(state, _all_alerts(rule, state), changed=False)
    if message is None:
        return _ticked(rule, state, moment)
    if _too_late(rule, message):
        return Outcome(state, refused=TOO_LATE, changed=False)
    before = _forgetful(rule, _begun(state, message), moment.clock)
    return _judged(rule, before, _applied(rule, before, message), moment)


def deadline(rule: WindowRule, state: State) -> datetime | None:
    """The clock time at which a tick has to step this state, to resolve or to forget."""
    ends = [end for one in state.announced if (end := ends_at(rule, one)) is not None]
    forgets = [_newest(state) + span(rule.kept)] if not state.forgotten else []
    times = ends + forgets
    return instant(min(times)) if times else None


def is_due(rule: WindowRule, state: State, clock: datetime) -> bool:
    """Whether a tick that brings the clock to `clock` has to step this state."""
    due = deadline(rule, state)
    return due is not None and due <= clock


def _newest(state: State) -> int:
    times = [hit.at for hit in state.hits[-1:]]
    times += [one.last for one in state.announced]
    times += [run.last for run in state.runs]
    return max([*times, *state.marks.values()])


def _too_late(rule: WindowRule, signal: Signal) -> bool:
    if rule.type is None or signal.kind is SignalKind.MARK:
        return False
    recorded = signal.evidence.recorded_at or signal.occurred_at
    lateness: timedelta = recorded - signal.occurred_at
    return lateness > rule.max_lateness


def _forgetful(rule: WindowRule, state: State, clock: datetime | None) -> State:
    return state if clock is None else forget(rule, state, micros(clock))


def _begun(state: State, signal: Signal) -> State:
    if state.offset >= 0:
        return state
    return msgspec.structs.replace(state, group=dict(signal.group), exercise=signal.exercise)


def _applied(rule: WindowRule, state: State, signal: Signal) -> State:
    if signal.kind is SignalKind.MARK:
        return _marked(state, signal)
    if signal.identity in state.marks:
        return state
    return _counted(rule, state, hit_of(signal))


def _marked(state: State, signal: Signal) -> State:
    return msgspec.structs.replace(
        state,
        marks={**state.marks, signal.identity: micros(signal.occurred_at)},
        hits=tuple(hit for hit in state.hits if hit.identity != signal.identity),
    )


def _counted(rule: WindowRule, state: State, hit: Hit) -> State:
    counted = msgspec.structs.replace(state, hits=with_hit(state.hits, hit))
    belated_runs = belated(rule, counted, hit.at)
    return msgspec.structs.replace(counted, runs=(*counted.runs, *belated_runs))


def _judged(rule: WindowRule, before: State, after: State, moment: Moment) -> Outcome:
    hearing = _hearing(rule, after, moment)
    now_standing = episodes(rule, after)
    claims = settle_claims(rule, before.announced, episodes(rule, before), now_standing)
    announced = announce(rule, before.announced, claims, now_standing, hearing)
    fresh = len(announced) - len(before.announced)
    judged = msgspec.structs.replace(
        after, announced=announced, serial=after.serial + fresh, offset=moment.offset
    )
    return _outcome(rule, before, judged, now_standing)


def _ticked(rule: WindowRule, state: State, moment: Moment) -> Outcome:
    if moment.clock is None:
        return Outcome(state, changed=False)
    hearing = _hearing(rule, state, moment)
    resolved = msgspec.structs.replace(
        state, announced=resolve(rule, state.announced, hearing), offset=moment.offset
    )
    outcome = _outcome(rule, state, resolved, episodes(rule, state))
    kept = _forgetful(rule, resolved, moment.clock)
    return Outcome(None if kept.forgotten else kept, outcome.alerts)


def _hearing(rule: WindowRule, state: State, moment: Moment) -> Hearing:
    return Hearing(
        fingerprint=state_fingerprint(rule, state),
        serial=state.serial,
        clock=None if moment.clock is None else micros(moment.clock),
        now=micros(moment.now),
    )


def _outcome(
    rule: WindowRule, before: State, after: State, standing: tuple[Episode, ...]
) -> Outcome:
    said = {one.id: one.revision for one in before.announced}
    by_start = {episode.start: episode for episode in standing}
    alerts = (
        rendered_alert(rule, after, one, None if one.reason else by_start.get(one.start))
        for one in after.announced
        if one.revision != said.get(one.id)
    )
    return Outcome(after, tuple(alerts))


def _all_alerts(rule: WindowRule, state: State) -> tuple[Alert, ...]:
    nothing_said = msgspec.structs.replace(state, announced=())
    return _outcome(rule, nothing_said, state, episodes(rule, state)).alerts
