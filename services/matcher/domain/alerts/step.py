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
    ends_at,
    resolved_by,
    settle_claims,
)
from services.matcher.domain.alerts.episodes import Episode, belated, episodes
from services.matcher.domain.alerts.forget import forget
from services.matcher.domain.alerts.render import rendered_alert, state_fingerprint
from services.matcher.domain.alerts.reset import as_live, overtaken, reset_state
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
    when the rule began to watch, None while that is not known. `standing` is how the rule stands;
    `backfilling` while its past is still being judged again.
    """

    offset: int
    clock: datetime | None
    now: datetime
    since: datetime | None = None
    standing: RuleGeneration = UNCHANGED
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


def step(
    rule: WindowRule, state: WindowState, message: Signal | None, moment: StepContext
) -> StepResult:
    """Apply one signal, or a tick (None), to the state of its key.

    A message that is not past the state's offset changes nothing and sends the current revision
    of every alert again: the state may have been kept and the alert lost. While the rule is
    backfilling, hits and retractions are applied and nothing is announced, resolved or forgotten.
    """
    if moment.offset <= state.offset or (message is None and moment.backfilling):
        return StepResult(
            state, () if moment.backfilling else all_alerts(rule, state), changed=False
        )
    if message is None:
        return _ticked(rule, state, moment)
    if _too_late(rule, message):
        return StepResult(state, refused=TOO_LATE, changed=False)
    before = _forgetful(rule, _begun(rule, state, message, moment), moment)
    told = _applied(rule, before, message, moment.standing.changed_in)
    applied = msgspec.structs.replace(told, offset=moment.offset)
    if moment.backfilling:
        return StepResult(applied)
    judged, standing = _judged(rule, before, applied, hearing_of(rule, applied, moment))
    return StepResult(judged, said(rule, before, judged, standing))


def deadline(rule: WindowRule, state: WindowState) -> datetime | None:
    """The clock time at which a tick has to step this state, to resolve or to forget."""
    ends = [end for one in state.announced if (end := ends_at(rule, one)) is not None]
    forgets = [_newest(state) + span(rule.retention)] if not state.forgotten else []
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


def _forgetful(rule: WindowRule, state: WindowState, moment: StepContext) -> WindowState:
    # while backfilling nothing goes but what is too much
    clock = None if moment.backfilling else moment.clock
    return forget(rule, state, None if clock is None else micros(clock))


def _begun(
    rule: WindowRule, state: WindowState, signal: Signal, moment: StepContext
) -> WindowState:
    if state.offset < 0 and moment.backfilling:
        state = reset_state(rule, None, state, moment.standing, moment.clock)
    if state.offset >= 0 and (state.since is not None or moment.since is None):
        return state
    return msgspec.structs.replace(
        state,
        group=dict(signal.group),
        exercise=signal.exercise,
        since=None if moment.since is None else micros(moment.since),
    )


def _applied(rule: WindowRule, state: WindowState, signal: Signal, changed_in: int) -> WindowState:
    if signal.kind is SignalKind.RETRACTION:
        return _marked(state, signal)
    if signal.bundle < changed_in:
        return overtaken(state, signal.identity, micros(signal.occurred_at))
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
    belated_runs = () if hit.backfill else belated(rule, counted, hit.at)
    return msgspec.structs.replace(counted, runs=(*counted.runs, *belated_runs))


def _judged(
    rule: WindowRule, before: WindowState, after: WindowState, hearing: AnnounceContext
) -> tuple[WindowState, tuple[Episode, ...]]:
    standing = episodes(rule, after)
    was = () if _stays(before.announced, standing) else episodes(rule, before)
    claims = settle_claims(rule, before.announced, was, standing)
    announced = announce(rule, before.announced, claims, standing, hearing)
    serial = after.serial + len(announced) - len(before.announced)
    return msgspec.structs.replace(after, announced=announced, serial=serial), standing


def _stays(announced: Sequence[AnnouncedAlert], standing: Sequence[Episode]) -> bool:
    """Whether no alert can stand for another episode than it did, whatever the evidence."""
    starts = [one.start for one in announced if one.status is not Status.WITHDRAWN]
    return not starts or (len(starts) == 1 and starts == [one.start for one in standing])


def _ticked(rule: WindowRule, state: WindowState, moment: StepContext) -> StepResult:
    if moment.clock is None:
        return StepResult(state, changed=False)
    hearing = hearing_of(rule, state, moment)
    judged, standing = _overdue(rule, state, hearing)
    untouched = {one.id for one in judged.announced if one in state.announced}
    resolved = msgspec.structs.replace(
        judged,
        offset=moment.offset,
        announced=tuple(
            resolved_by(rule, one, hearing) if one.id in untouched else one
            for one in judged.announced
        ),
    )
    kept = _forgetful(rule, resolved, moment)
    alerts = said(rule, state, resolved, standing)
    return StepResult(None if kept.forgotten else kept, alerts)


def _overdue(
    rule: WindowRule, state: WindowState, hearing: AnnounceContext
) -> tuple[WindowState, tuple[Episode, ...]]:
    """What the time alone brings about: only an absence fires without a hit."""
    if rule.type is not CorrelationType.ABSENCE:
        return state, episodes(rule, state)
    later = msgspec.structs.replace(state, clock=hearing.clock)
    return _judged(rule, state, later, hearing)


def hearing_of(rule: WindowRule, state: WindowState, moment: StepContext) -> AnnounceContext:
    """What announcing at that moment needs to know."""
    return AnnounceContext(
        fingerprint=state_fingerprint(rule, state),
        serial=state.serial,
        clock=None if moment.clock is None else micros(moment.clock),
        now=micros(moment.now),
    )


def said(
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


def all_alerts(rule: WindowRule, state: WindowState) -> tuple[Alert, ...]:
    """The current revision of every alert."""
    nothing_said = msgspec.structs.replace(state, announced=())
    return said(rule, nothing_said, state, episodes(rule, state))
