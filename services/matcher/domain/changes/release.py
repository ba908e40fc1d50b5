"""Release: the alerts of a changed rule, once its past is evaluated again."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from schemas.alert import Alert, Status
from schemas.rule import CorrelationType
from services.matcher.domain.alerts.announce import announce
from services.matcher.domain.alerts.claims import claim_episodes
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.alerts.revisions import (
    changed_alerts,
    changed_firings,
    current_alerts,
    list_evaluations,
)
from services.matcher.domain.alerts.second_step import SecondStep
from services.matcher.domain.alerts.step import (
    StepContext,
    StepResult,
    WindowResult,
    announce_context,
    repeat,
)
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, instant, micros
from services.matcher.domain.windows.window_rule import WindowRule

CHANGED = "rule changed"


def release(rule: WindowRule, state: WindowState, context: StepContext) -> WindowResult:
    """Evaluate a state that has all its hits, for the first time since its rule was changed.

    Alerts announced before stay with the episodes that they overlap; what is left of them is
    withdrawn. A message that is not past the state's offset changes nothing and sends every alert
    again.
    """
    if context.offset <= state.offset:
        return repeat(rule, state)
    return _announce_anew(rule, state, context)


def judge_again(rule: WindowRule, state: WindowState, context: StepContext) -> WindowResult:
    """Announce by a rule that grades or ends its alerts in another way since; no message applied.

    As at a release alerts stay with the episodes that they overlap.
    """
    return _announce_anew(rule, state, replace(context, offset=state.offset))


def _announce_anew(rule: WindowRule, state: WindowState, context: StepContext) -> WindowResult:
    words = _release_words(rule, state, context)
    if state.suspicion is None or words.state is None:
        return words
    second = SecondStep(rule, state, state.suspicion, (), None, context, _claim_suspected, CHANGED)
    return second.finish(words, state.suspicion)


def _claim_suspected(
    rule: WindowRule,
    announced: Sequence[AnnouncedAlert],
    _before: Sequence[Episode],
    after: Sequence[Episode],
) -> dict[str, Episode | None]:
    return claim_overlapped(rule, announced, after)


def _release_words(rule: WindowRule, state: WindowState, context: StepContext) -> WindowResult:
    before = _clocked(rule, state, context)
    announcing = replace(announce_context(context), withdraw_reason=CHANGED)
    standing = find_episodes(rule, before)
    claims = claim_overlapped(rule, before.announced, standing)
    announced = announce(rule, before, claims, standing, announcing)
    judged = msgspec.structs.replace(announced, offset=context.offset)
    return StepResult(
        None if judged.is_empty else judged,
        changed_alerts(rule, before, judged, standing),
        changed_firings(rule, before, judged, standing),
    )


def _clocked(rule: WindowRule, state: WindowState, context: StepContext) -> WindowState:
    """For an absence the state has the time up to which it is evaluated."""
    if rule.type is not CorrelationType.ABSENCE or context.clock is None:
        return state
    return msgspec.structs.replace(state, clock=micros(context.clock))


def claim_overlapped(
    rule: WindowRule, announced: Sequence[AnnouncedAlert], after: Sequence[Episode]
) -> dict[str, Episode | None]:
    """The episode that each alert of the older rule announces from now on, by alert id.

    The one that begins as it did, else the one that it overlaps longest, else one within
    `resolve_after` that no other alert overlaps.
    """
    known = [alert for alert in announced if alert.status is not Status.WITHDRAWN]
    claims = {alert.id: _overlapped(alert, after) for alert in known}
    claimed = {episode.start for episode in claims.values() if episode is not None}
    free = [episode for episode in after if episode.start not in claimed]
    left = [alert for alert in known if claims[alert.id] is None]
    return claims | claim_episodes(rule, left, (), free)


def _overlapped(alert: AnnouncedAlert, after: Sequence[Episode]) -> Episode | None:
    first = bisect_left(after, alert.start, key=lambda episode: episode.last)
    end = bisect_right(after, alert.last, key=lambda episode: episode.start)
    overlapping = after[first:end]
    same = (episode for episode in overlapping if episode.start == alert.start)
    longest = max(overlapping, key=lambda episode: _overlap(alert, episode), default=None)
    return next(same, longest)


def _overlap(alert: AnnouncedAlert, episode: Episode) -> int:
    return min(alert.last, episode.last) - max(alert.start, episode.start)


def make_history(rule: WindowRule, state: WindowState) -> tuple[Alert, ...]:
    """The current revision of every alert, for rules above its own that begin anew.

    There it is backfill as the hits behind it are, whoever was paged for it before.
    """
    evaluations = list_evaluations(rule, state)
    standing = {instant(one.start): one for _, episodes in evaluations for one in episodes}
    return tuple(
        _of_the_past(alert, standing.get(alert.starts_at)) for alert in current_alerts(rule, state)
    )


def _of_the_past(alert: Alert, episode: Episode | None) -> Alert:
    backfill = alert.backfill if episode is None else episode.backfill
    return alert.model_copy(update={"backfill": backfill})
