"""Step: one message and the state of one key go in, the next state and alerts come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from schemas.alert import Alert, Status
from schemas.rule import CorrelationType
from schemas.signal import Signal, SignalKind
from services.matcher.domain.alerts.announce import (
    AnnounceContext,
    announce,
    claim_episodes,
    resolution_time,
    resolve_if_ended,
)
from services.matcher.domain.alerts.episodes import Episode, find_belated_runs, find_episodes
from services.matcher.domain.alerts.forget import forget
from services.matcher.domain.alerts.render import rendered_alert, state_fingerprint
from services.matcher.domain.alerts.reset import as_live, record_stale_hit, reset_state
from services.matcher.domain.alerts.rule_generation import UNCHANGED, RuleGeneration
from services.matcher.domain.windows.absence import next_absence
from services.matcher.domain.windows.state import (
    AnnouncedAlert,
    Hit,
    WindowState,
    hit_of,
    instant,
    micros,
    span,
)
from services.matcher.domain.windows.window import with_hit
from services.matcher.domain.windows.window_rule import WindowRule

TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class StepContext:
    """When and where a message reaches the engine.

    `offset` is the message's in its signals partition; `clock` the least tick over the events
    partitions, None until all have ticked; `now` becomes `detected_at` and `updated_at`; `since` is
    when the rule began to watch, None while that is not known. `generation` is how the rule stands;
    `backfilling` while its past is still being judged again.
    """

    offset: int
    clock: datetime | None
    now: datetime
    since: datetime | None = None
    generation: RuleGeneration = UNCHANGED
    backfilling: bool = False


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step leads to.

    `state` None: nothing is left worth keeping. `alerts` are to be sent in order, whether new or
    sent again. `refused` is the reason to dead-letter the signal with. `changed`: write the state.
    """

    state: WindowState | None
    alerts: tuple[Alert, ...] = ()
    refused: str | None = None
    changed: bool = True


def step_window(
    rule: WindowRule, state: WindowState, message: Signal | None, context: StepContext
) -> StepResult:
    """Apply one signal, or a tick (None), to the state of its key.

    A message that is not past the state's offset changes nothing and sends the current revision
    of every alert again: the state may have been kept and the alert lost. While the rule is
    backfilling, hits and retractions are applied and nothing is announced, resolved or forgotten.
    """
    if context.offset <= state.offset or (message is None and context.backfilling):
        return StepResult(
            state, () if context.backfilling else current_alerts(rule, state), changed=False
        )
    if message is None:
        return _ticked(rule, state, context)
    if _too_late(rule, message):
        return StepResult(state, refused=TOO_LATE, changed=False)
    before = _forgetful(rule, _begun(rule, state, message, context), context)
    told = _applied(rule, before, message, context.generation.changed_in)
    applied = msgspec.structs.replace(told, offset=context.offset)
    if context.backfilling:
        return StepResult(applied)
    judged, standing = _judged(rule, before, applied, announce_context(rule, applied, context))
    return StepResult(judged, changed_alerts(rule, before, judged, standing))


def deadline(rule: WindowRule, state: WindowState) -> datetime | None:
    """The clock time at which a tick has to step this state, to resolve or to forget."""
    ends = [end for one in state.announced if (end := resolution_time(rule, one)) is not None]
    forgets = [_newest(state) + span(rule.retention)] if not state.is_empty else []
    overdue = next_absence(rule, state) if rule.type is CorrelationType.ABSENCE else None
    times = ends + forgets + ([] if overdue is None else [overdue])
    return instant(min(times)) if times else None


def timing(rule: WindowRule) -> str:
    """All of a rule that `deadline` asks: rules with the same one agree on every state."""
    return f"{rule.type} {rule.bases} {rule.timespan} {rule.resolve_after} {rule.retention}"


def is_due(rule: WindowRule, state: WindowState, clock: datetime) -> bool:
    """Whether a tick that brings the clock to `clock` has to step this state."""
    due = deadline(rule, state)
    return due is not None and due <= clock


def _newest(state: WindowState) -> int:
    times = [hit.at for hit in state.hits[-1:]]
    times += [one.last for one in state.announced]
    times += [run.last for run in state.runs]
    return max([*times, *state.retractions.values(), *state.live.values()])


def _too_late(rule: WindowRule, signal: Signal) -> bool:
    if rule.type is None or signal.kind is SignalKind.RETRACTION:
        return False
    recorded = signal.evidence.recorded_at or signal.occurred_at
    lateness: timedelta = recorded - signal.occurred_at
    return lateness > rule.max_lateness


def _forgetful(rule: WindowRule, state: WindowState, context: StepContext) -> WindowState:
    # while backfilling nothing goes but what is too much
    clock = None if context.backfilling else context.clock
    return forget(rule, state, None if clock is None else micros(clock))


def _begun(
    rule: WindowRule, state: WindowState, signal: Signal, context: StepContext
) -> WindowState:
    if state.offset < 0 and context.backfilling:
        state = reset_state(rule, None, state, context.generation, context.clock)
    if state.offset >= 0 and (state.since is not None or context.since is None):
        return state
    return msgspec.structs.replace(
        state,
        group=dict(signal.group),
        exercise=signal.exercise,
        since=None if context.since is None else micros(context.since),
    )


def _applied(rule: WindowRule, state: WindowState, signal: Signal, changed_in: int) -> WindowState:
    if signal.kind is SignalKind.RETRACTION:
        return _marked(state, signal)
    if signal.bundle < changed_in:
        return record_stale_hit(state, signal.identity, micros(signal.occurred_at))
    if signal.identity in state.retractions:
        return state
    hit = hit_of(signal, certain=rule.certain)
    return _counted(rule, state, as_live(hit) if hit.identity in state.live else hit)


def _marked(state: WindowState, signal: Signal) -> WindowState:
    return msgspec.structs.replace(
        state,
        retractions={**state.retractions, signal.identity: micros(signal.occurred_at)},
        hits=tuple(hit for hit in state.hits if hit.identity != signal.identity),
    )


def _counted(rule: WindowRule, state: WindowState, hit: Hit) -> WindowState:
    if (
        hit.backfill
        and state.settled_until is not None
        and hit.at <= state.settled_until - span(rule.look_back)
    ):
        return state  # of the past, and behind all that is judged
    counted = msgspec.structs.replace(state, hits=with_hit(state.hits, hit))
    belated_runs = () if hit.backfill else find_belated_runs(rule, counted, hit.at)
    return msgspec.structs.replace(counted, runs=(*counted.runs, *belated_runs))


def _judged(
    rule: WindowRule, before: WindowState, after: WindowState, context: AnnounceContext
) -> tuple[WindowState, tuple[Episode, ...]]:
    standing = find_episodes(rule, after)
    was = () if _stays(before.announced, standing) else find_episodes(rule, before)
    claims = claim_episodes(rule, before.announced, was, standing)
    announced = announce(rule, before.announced, claims, standing, context)
    serial = after.serial + len(announced) - len(before.announced)
    return msgspec.structs.replace(after, announced=announced, serial=serial), standing


def _stays(announced: Sequence[AnnouncedAlert], standing: Sequence[Episode]) -> bool:
    """Whether no alert can stand for another episode than it did, whatever the evidence."""
    starts = [one.start for one in announced if one.status is not Status.WITHDRAWN]
    return not starts or (len(starts) == 1 and starts == [one.start for one in standing])


def _ticked(rule: WindowRule, state: WindowState, context: StepContext) -> StepResult:
    if context.clock is None:
        return StepResult(state, changed=False)
    announcing = announce_context(rule, state, context)
    judged, standing = _overdue(rule, state, announcing)
    untouched = {one.id for one in judged.announced if one in state.announced}
    resolved = msgspec.structs.replace(
        judged,
        offset=context.offset,
        announced=tuple(
            resolve_if_ended(rule, one, announcing) if one.id in untouched else one
            for one in judged.announced
        ),
    )
    kept = _forgetful(rule, resolved, context)
    alerts = changed_alerts(rule, state, resolved, standing)
    return StepResult(None if kept.is_empty else kept, alerts)


def _overdue(
    rule: WindowRule, state: WindowState, context: AnnounceContext
) -> tuple[WindowState, tuple[Episode, ...]]:
    """What the time alone brings about: only an absence fires without a hit."""
    if rule.type is not CorrelationType.ABSENCE:
        return state, find_episodes(rule, state)
    later = msgspec.structs.replace(state, clock=context.clock)
    return _judged(rule, state, later, context)


def announce_context(rule: WindowRule, state: WindowState, context: StepContext) -> AnnounceContext:
    """What announcing at that moment needs to know."""
    return AnnounceContext(
        fingerprint=state_fingerprint(rule, state),
        serial=state.serial,
        clock=None if context.clock is None else micros(context.clock),
        now=micros(context.now),
    )


def changed_alerts(
    rule: WindowRule, before: WindowState, after: WindowState, standing: tuple[Episode, ...]
) -> tuple[Alert, ...]:
    """Every alert whose revision is another than before, in order of announcement."""
    known = {one.id: one.revision for one in before.announced}
    by_start = {episode.start: episode for episode in standing}
    return tuple(
        rendered_alert(rule, after, one, None if one.reason else by_start.get(one.start))
        for one in after.announced
        if one.revision != known.get(one.id)
    )


def current_alerts(rule: WindowRule, state: WindowState) -> tuple[Alert, ...]:
    """The current revision of every alert."""
    nothing_said = msgspec.structs.replace(state, announced=())
    return changed_alerts(rule, nothing_said, state, find_episodes(rule, state))
