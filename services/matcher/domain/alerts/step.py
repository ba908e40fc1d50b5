"""Step: a message and the state of one window key in; the next state and alerts out."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from schemas.alert import Alert
from schemas.rule import CorrelationType
from schemas.signal import Signal
from services.matcher.domain.alerts.announce import (
    AnnounceContext,
    announce,
    resolve,
)
from services.matcher.domain.alerts.apply import (
    RetractedEvents,
    apply_signal,
    is_forgotten,
    is_too_late,
)
from services.matcher.domain.alerts.claims import claim_changed
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.evaluation import evaluate, find_episodes
from services.matcher.domain.alerts.forget import forget, has_too_many_alerts
from services.matcher.domain.alerts.kept_words import keep_words_of_withdrawn
from services.matcher.domain.alerts.new_groups import Counted, GroupCounts, mark_storms
from services.matcher.domain.alerts.reset import reset_state
from services.matcher.domain.alerts.revisions import (
    Firings,
    changed_alerts,
    changed_firings,
    current_alerts,
    list_current_firings,
)
from services.matcher.domain.alerts.rule_generation import UNCHANGED, RuleGeneration, first_serial
from services.matcher.domain.alerts.time_range import TimeRange
from services.matcher.domain.windows.state import WindowState, micros, span
from services.matcher.domain.windows.window_rule import WindowRule

S = TypeVar("S")
TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a step needs besides rule, state and message.

    `offset` is the message's in its signals partition; `clock` the least tick over the events
    partitions, None until all have ticked; `now` becomes `detected_at` and `updated_at`; `since` is
    when the rule began to watch, None if unknown. `generation` is the rule's; `backfilling` is True
    while its past is being evaluated again. `counts` None: there are no storms. What is old is
    forgotten by the clock of the tick before, `clock_before`; None: by `clock`.
    """

    offset: int
    clock: datetime | None
    now: datetime
    since: datetime | None = None
    generation: RuleGeneration = UNCHANGED
    backfilling: bool = False
    counts: GroupCounts | None = None
    clock_before: datetime | None = None

    @property
    def forgets_by(self) -> datetime | None:
        """The clock by which a state forgets; None: it has none yet."""
        return self.clock_before or self.clock


@dataclass(frozen=True, slots=True)
class StepResult(Generic[S]):
    """The effects of a step.

    `state` None: delete the state. `alerts` are to be sent in order, new revisions or repeats;
    `firings` are their firing times, by alert id.
    `refused` is the reason to dead-letter the signal with. `is_changed`: write the state, and the
    new groups `counted`.
    """

    state: S
    alerts: tuple[Alert, ...] = ()
    firings: Firings = field(default_factory=dict)
    refused: str | None = None
    is_changed: bool = True
    counted: Counted = field(default_factory=dict)


WindowResult = StepResult[WindowState | None]


def step_window(
    rule: WindowRule,
    state: WindowState,
    message: Signal | RetractedEvents | None,
    context: StepContext,
) -> WindowResult:
    """Apply one signal, the retraction of events, or a tick (None), to the state of its key.

    A message that is not past the state's offset changes nothing and sends the current revision
    of every alert again: the state may have been kept and the alert lost. While the rule is
    backfilling, hits and retractions are applied; nothing is announced, resolved or forgotten.
    """
    if context.offset <= state.offset or (message is None and context.backfilling):
        return StepResult(state, is_changed=False) if context.backfilling else repeat(rule, state)
    if message is None:
        return _apply_tick(rule, state, context)
    if isinstance(message, RetractedEvents):
        if not message.is_in(state):
            return StepResult(state, is_changed=False)
        before = _evaluate(rule, forget_old(rule, state, context), context)
        return _announce_applied(rule, before, message.take_out(before.state), context)
    return _step_signal(rule, state, message, context)


def _step_signal(
    rule: WindowRule, state: WindowState, message: Signal, context: StepContext
) -> WindowResult:
    if is_too_late(rule, message):
        return StepResult(state, refused=TOO_LATE, is_changed=False)
    if is_forgotten(rule, state, message, context.forgets_by):
        return StepResult(state, is_changed=False)
    begun = forget_old(rule, begin_state(rule, state, message, context), context)
    before = _evaluate(rule, begun, context)
    applied = apply_signal(rule, begun, message, context.generation.changed_in)
    return _announce_applied(rule, before, applied, context)


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """A state and its episodes, found before another state is made of it."""

    state: WindowState
    episodes: tuple[Episode, ...]


def _evaluate(rule: WindowRule, state: WindowState, context: StepContext) -> _Evaluated:
    return _Evaluated(state, () if context.backfilling else evaluate(rule, state).episodes)


def _announce_applied(
    rule: WindowRule, before: _Evaluated, applied: WindowState, context: StepContext
) -> WindowResult:
    """The result of a message that made `applied` of `before`."""
    after = msgspec.structs.replace(applied, offset=context.offset)
    if context.backfilling:
        return StepResult(after)
    announced, episodes = _announce_changes(rule, before, after, announce_context(context))
    marked, counted = mark_new_storms(rule, before.state, (announced, episodes), context)
    alerts = changed_alerts(rule, before.state, marked, episodes)
    firings = changed_firings(rule, before.state, marked, episodes)
    # one message may announce more alerts than a key keeps
    kept = forget_old(rule, marked, context) if has_too_many_alerts(marked) else marked
    return StepResult(kept, alerts, firings, counted=counted)


def forget_old(rule: WindowRule, state: WindowState, context: StepContext) -> WindowState:
    """The state without what is old by the clock, or too much."""
    # while backfilling, only the limit of hits drops any
    clock = None if context.backfilling else context.forgets_by
    return forget(rule, state, None if clock is None else micros(clock))


def begin_state(
    rule: WindowRule, state: WindowState, signal: Signal, context: StepContext
) -> WindowState:
    """The state of a new key, or one that learns when its rule began to watch."""
    if state.offset < 0 and context.backfilling:
        state = reset_state(rule, None, state, context.generation, context.clock)
    if state.offset < 0:
        serial = first_serial(context.generation.changed_in)
        state = msgspec.structs.replace(state, serial=serial)
    elif state.since is not None or context.since is None:
        return state
    return msgspec.structs.replace(
        state,
        group=dict(signal.group),
        exercise=signal.exercise,
        since=None if context.since is None else micros(context.since),
    )


def _announce_changes(
    rule: WindowRule, before: _Evaluated, after: WindowState, context: AnnounceContext
) -> tuple[WindowState, tuple[Episode, ...]]:
    """`after` with the alerts of its episodes, and those episodes."""
    known = evaluate(rule, after)
    episodes = known.episodes
    changed = known.announce(before.episodes)
    claims = claim_changed(rule, before.state.announced, before.episodes, episodes, changed)
    waits = before.state.pending
    context = replace(context, renewed=changed.renewed if waits else frozenset())
    announced = announce(rule, after, claims, _list_between(episodes, changed.starts), context)
    worded = keep_words_of_withdrawn(rule, before.state, before.episodes, announced)
    return msgspec.structs.replace(worded, pending=known.is_behind), episodes


def _list_between(episodes: Sequence[Episode], changed: TimeRange) -> Sequence[Episode]:
    """Those that begin in a range of times."""
    first = bisect_left(episodes, changed.first, key=lambda episode: episode.start)
    end = bisect_right(episodes, changed.last, key=lambda episode: episode.start)
    return episodes[first:end]


def _apply_tick(rule: WindowRule, state: WindowState, context: StepContext) -> WindowResult:
    if context.clock is None:
        return StepResult(state, is_changed=False)
    announcing = announce_context(context)
    advanced, episodes = _advance_clock(rule, state, announcing)
    advanced, counted = mark_new_storms(rule, state, (advanced, episodes), context)
    numbered = msgspec.structs.replace(advanced, offset=context.offset)
    is_absence = rule.type is CorrelationType.ABSENCE
    resolved = resolve_ended(rule, state if is_absence else numbered, numbered, context)
    kept = forget_old(rule, resolved, context)
    alerts = changed_alerts(rule, state, resolved, episodes)
    firings = changed_firings(rule, state, resolved, episodes)
    return StepResult(None if kept.is_empty else kept, alerts, firings, counted=counted)


def resolve_ended(
    rule: WindowRule, before: WindowState, after: WindowState, context: StepContext
) -> WindowState:
    """`after` with the alerts of `before` resolved whose episodes are over by the clock."""
    announcing = announce_context(context)
    if announcing.clock is None:
        return after
    old, new = after.announced.compare(before.announced)
    # an alert is firing for at least one tick before it resolves
    changed = {alert.id for alert in new if alert not in old}
    ended = after.announced.firing_until(announcing.clock - span(rule.resolve_after))
    resolved = {
        alert.id: resolve(rule, alert, announcing) for alert in ended if alert.id not in changed
    }
    return msgspec.structs.replace(after, announced=after.announced.revise(resolved))


def mark_new_storms(
    rule: WindowRule,
    before: WindowState,
    announced: tuple[WindowState, Sequence[Episode]],
    context: StepContext,
) -> tuple[WindowState, Counted]:
    """The state and episodes announced, in which alerts that are new since `before` are marked."""
    after, episodes = announced
    if context.counts is None or after.serial == before.serial:
        return after, {}
    return mark_storms(rule, after.serial - before.serial, after, episodes, context.counts)


def _advance_clock(
    rule: WindowRule, state: WindowState, context: AnnounceContext
) -> tuple[WindowState, tuple[Episode, ...]]:
    """The state at the clock, and its episodes: time alone makes only an absence fire.

    What alerts count is announced that waited for it.
    """
    before = _Evaluated(state, evaluate(rule, state).episodes)
    later = state
    if rule.type is CorrelationType.ABSENCE:
        later = msgspec.structs.replace(state, clock=context.clock)
    elif not state.pending:
        return state, find_episodes(rule, state)
    find_episodes(rule, later)
    return _announce_changes(rule, before, later, context)


def announce_context(context: StepContext) -> AnnounceContext:
    """The context of announcing in that of a step."""
    clock = None if context.clock is None else micros(context.clock)
    return AnnounceContext(clock, micros(context.now))


def repeat(rule: WindowRule, state: WindowState) -> WindowResult:
    """The current revision of every alert, with its firing times; nothing changes."""
    firings = list_current_firings(rule, state)
    return StepResult(state, current_alerts(rule, state), firings, is_changed=False)
