"""The second step: what suspected hits add to a step of a window by words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from schemas.alert import Status
from schemas.rule import CorrelationType
from schemas.signal import Signal
from schemas.verdict import Verdict
from services.matcher.domain.alerts.announce import GONE, MERGED, announce
from services.matcher.domain.alerts.apply import RetractedEvents
from services.matcher.domain.alerts.claims import claim_episodes
from services.matcher.domain.alerts.confirm import confirm_by_words, is_near
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.kept_words import keep_words_of_withdrawn
from services.matcher.domain.alerts.revisions import changed_alerts, changed_firings
from services.matcher.domain.alerts.step import (
    StepContext,
    WindowResult,
    announce_context,
    forget_old,
    mark_new_storms,
    resolve_ended,
)
from services.matcher.domain.alerts.suspected_episodes import find_suspected, trim_runs
from services.matcher.domain.alerts.suspicion import is_void
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, micros
from services.matcher.domain.windows.window_rule import WindowRule

Message = Signal | RetractedEvents | Verdict
Claim = Callable[
    [WindowRule, Sequence[AnnouncedAlert], Sequence[Episode], Sequence[Episode]],
    dict[str, Episode | None],
]
"""Finds the episode of each alert, of those before and after a message."""


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A step of the second evaluation, which is `before`, with its episodes, until the message.

    `words` is the state by words before it. Without a `message` time passes, or the rule is
    released: then `claim` finds the episodes of alerts in another way, and `reason` says why those
    without one are withdrawn. `may_end`: the last suspected hit may go.
    """

    rule: WindowRule
    words: WindowState
    before: WindowState
    episodes: tuple[Episode, ...]
    message: Message | None
    context: StepContext
    claim: Claim = claim_episodes
    reason: str = GONE
    may_end: bool = True

    def finish(self, words: WindowResult, applied: WindowState) -> WindowResult:
        """The result of both evaluations; `applied` is the second with the message."""
        if words.state is None:
            return words
        since, offset = words.state.since, self.context.offset
        numbered = msgspec.structs.replace(applied, offset=offset, since=since)
        if self.context.backfilling:
            return replace(words, state=_join(words.state, numbered))
        clocked = self._set_clock(numbered)
        confirmed, left = confirm_by_words(self.rule, self.words, words, clocked)
        return self._announce(confirmed, confirmed.state or words.state, left)

    def _set_clock(self, applied: WindowState) -> WindowState:
        """Time alone makes only an absence fire."""
        is_due = self.message is None and self.rule.type is CorrelationType.ABSENCE
        if not is_due or self.context.clock is None:
            return applied
        return msgspec.structs.replace(applied, clock=micros(self.context.clock))

    def _announce(
        self, words: WindowResult, state: WindowState, applied: WindowState
    ) -> WindowResult:
        announced, episodes = self._announce_episodes(state, applied)
        marked, counted = mark_new_storms(
            self.rule, self.before, (announced, episodes), self.context
        )
        ended = (
            marked if self.message else resolve_ended(self.rule, self.before, marked, self.context)
        )
        both = _join(_forget_settled(state), self._keep(ended))
        alerts = changed_alerts(self.rule, self.before, ended, episodes)
        firings = changed_firings(self.rule, self.before, ended, episodes)
        return replace(
            words,
            state=None if both.is_empty else both,
            alerts=(*words.alerts, *alerts),
            firings={**words.firings, **firings},
            counted={**words.counted, **counted},
        )

    def _announce_episodes(
        self, state: WindowState, applied: WindowState
    ) -> tuple[WindowState, tuple[Episode, ...]]:
        """The second evaluation with the alerts of its episodes, and those."""
        rule = self.rule
        episodes = find_suspected(rule, _join(self._view_words(state), applied))
        claims = self.claim(rule, applied.announced, self.episodes, episodes)
        context = replace(announce_context(self.context), withdraw_reason=self.reason)
        announced = announce(rule, applied, claims, episodes, context)
        merged = _explain_merged(rule, self.before, announced, state.announced)
        return keep_words_of_withdrawn(rule, self.before, self.episodes, merged), episodes

    def _view_words(self, after: WindowState) -> WindowState:
        """The state whose episodes cover: a tick forgets some of them once it has been applied."""
        is_tick = self.message is None and self.claim is claim_episodes
        return self._set_clock(self.words) if is_tick else after

    def _keep(self, ended: WindowState) -> WindowState | None:
        """What is kept of it: nothing, once nothing is suspected any more."""
        kept = ended
        if self.message is None:
            kept = forget_suspicion(self.rule, self._view_words(self.words), ended, self.context)
        return None if self.may_end and is_void(kept) else kept


def begin_second(
    rule: WindowRule,
    state: WindowState,
    suspicion: WindowState,
    message: Message | None,
    context: StepContext,
) -> SecondStep:
    """A step of the second evaluation of `state`, which is `suspicion`."""
    before = suspicion
    if message is not None:
        before = forget_suspicion(rule, state, suspicion, context)
    known = _join(state, before)
    episodes = () if context.backfilling else find_suspected(rule, known)
    # asked before the next hits take the index of these over
    may_end = not isinstance(message, Signal) or _is_suspected(before, message.identity)
    return SecondStep(rule, state, before, episodes, message, context, may_end=may_end)


def _is_suspected(suspicion: WindowState, identity: str) -> bool:
    return any(hit.suspected for hit in suspicion.hits.of_identity(identity))


def forget_suspicion(
    rule: WindowRule, words: WindowState, suspicion: WindowState, context: StepContext
) -> WindowState:
    """The second evaluation of a state without what is old, or too much."""
    kept = forget_old(rule, suspicion, context)
    if context.backfilling or kept.runs is suspicion.runs:
        return kept
    return msgspec.structs.replace(kept, runs=trim_runs(rule, words, kept.runs))


def _join(state: WindowState, suspicion: WindowState | None) -> WindowState:
    return msgspec.structs.replace(state, suspicion=suspicion)


def _forget_settled(state: WindowState) -> WindowState:
    """A state that words alone would delete, as they would begin it anew."""
    if not msgspec.structs.replace(state, suspicion=None).is_empty:
        return state
    return WindowState(
        group=state.group, exercise=state.exercise, offset=state.offset, since=state.since
    )


def _explain_merged(
    rule: WindowRule,
    before: WindowState,
    after: WindowState,
    by_words: Sequence[AnnouncedAlert],
) -> WindowState:
    """`after`, in which alerts are merged whose firing times an alert by words covers now."""
    old, new = after.announced.compare(before.announced)
    known = {alert.id for alert in old if alert.status is Status.WITHDRAWN}
    gone = [alert for alert in new if alert.reason == GONE and alert.id not in known]
    if not gone:
        return after
    standing = [alert for alert in by_words if alert.status is not Status.WITHDRAWN]
    merged = {
        alert.id: msgspec.structs.replace(alert, reason=MERGED)
        for alert in gone
        if any(is_near(rule, alert, other) for other in standing)
    }
    return msgspec.structs.replace(after, announced=after.announced.revise(merged))
