"""The last revisions of alerts whose rule was removed or reset, or is not known any more."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from schemas.alert import Alert, Level, Status
from schemas.rule import Condition
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.render import render_alert
from services.matcher.domain.alerts.revisions import current_alerts, list_evaluations
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import WindowState, micros
from services.matcher.domain.windows.window_rule import WindowRule

REMOVED = "rule removed"
RESET = "rule reset"

_EXPLANATIONS: Mapping[str, str] = {
    REMOVED: "The rule was removed: this alert gets no more revisions.",
    RESET: "The rule was changed and counts anew from here on, without what it had counted.",
}


def end_alerts(
    rule: WindowRule, state: WindowState, now: datetime, reason: str
) -> tuple[Alert, ...]:
    """A last revision, resolved, of every firing alert; `reason` is REMOVED or RESET."""
    evaluations = list_evaluations(rule, state)
    return tuple(
        alert
        for each, episodes in evaluations
        for alert in _end_alerts(rule, each, episodes, (now, reason))
    )


def _end_alerts(
    rule: WindowRule, state: WindowState, episodes: Iterable[Episode], end: tuple[datetime, str]
) -> Iterator[Alert]:
    by_start = {episode.start: episode for episode in episodes}
    now, reason = end
    return (
        render_alert(
            rule, state, _resolve(alert, micros(now)), by_start.get(alert.start)
        ).model_copy(
            update={
                "reason": reason,
                "explain": _EXPLANATIONS[reason],
                "evidence_count": alert.count,
            }
        )
        for alert in state.announced
        if alert.status is Status.FIRING
    )


def _resolve(alert: AnnouncedAlert, now: int) -> AnnouncedAlert:
    return msgspec.structs.replace(
        alert, status=Status.RESOLVED, revision=alert.revision + 1, updated=now, resolved=now
    )


def end_alerts_of_unknown(
    name: RuleKey, state: WindowState, now: datetime, reason: str
) -> tuple[Alert, ...]:
    """The same where only the name of the rule is known."""
    return end_alerts(_unknown_rule(name, state), _strip(state), now, reason)


def repeat_alerts_of_unknown(name: RuleKey, state: WindowState) -> tuple[Alert, ...]:
    """The current revision of every alert where only the name of the rule is known."""
    counts = {
        alert.id: alert.count for alert in state.alerts if alert.status is not Status.WITHDRAWN
    }
    return tuple(
        alert.model_copy(update={"evidence_count": counts.get(alert.id, 0)})
        for alert in current_alerts(_unknown_rule(name, state), _strip(state))
    )


def _strip(state: WindowState) -> WindowState:
    """The alerts of a state, without what they were found in."""
    suspicion = None if state.suspicion is None else _strip(state.suspicion)
    return msgspec.structs.replace(state, hits=Ordered(), runs=(), suspicion=suspicion)


def _unknown_rule(name: RuleKey, state: WindowState) -> WindowRule:
    levels = [alert.level for alert in state.alerts]
    return WindowRule(
        pack=name[0],
        name=name[1],
        title=name[1],
        id=None,
        level=max(levels, key=lambda level: level.rank, default=Level.INFORMATIONAL),
        version=None,
        type=None,
        bases=(),
        timespan=timedelta(0),
        condition=Condition(gte=1),
        count_by="event",
        resolve_after=timedelta(0),
        max_lateness=timedelta(0),
        group_by=(),
        corroboration=None,
        summary=None,
        action=None,
    )


def end_levels(state: HypothesisState, now: datetime) -> tuple[Alert, ...]:
    """A last revision, resolved, of the level of a hypothesis that was removed."""
    return tuple(
        alert.model_copy(
            update={
                "status": Status.RESOLVED,
                "revision": alert.revision + 1,
                "updated_at": now,
                "resolved_at": max(alert.starts_at, now),
                "reason": REMOVED,
                "explain": _EXPLANATIONS[REMOVED],
            }
        )
        for alert in state.alerts
        if alert.status is Status.FIRING
    )
