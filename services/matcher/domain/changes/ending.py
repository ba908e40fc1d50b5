"""Ending: what is said of alerts whose rule was removed, or began anew without its past."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from schemas.alert import Alert, Level, Status
from schemas.rule import Condition
from services.matcher.domain.alerts.episodes import find_episodes
from services.matcher.domain.alerts.render import render_alert
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.state import AnnouncedAlert, WindowState, micros
from services.matcher.domain.windows.window_rule import WindowRule

REMOVED = "rule removed"
RESET = "rule reset"

_WORDS: Mapping[str, str] = {
    REMOVED: "The rule was removed from the rules in force: nothing more will be said of this.",
    RESET: "The rule was changed and counts anew from here on, without what it had counted.",
}


def ended(rule: WindowRule, state: WindowState, now: datetime, why: str) -> tuple[Alert, ...]:
    """One last revision, resolved, of every alert that fires; `why` is REMOVED or RESET."""
    standing = {episode.start: episode for episode in find_episodes(rule, state)}
    return tuple(
        render_alert(rule, state, _resolved(one, micros(now)), standing.get(one.start)).model_copy(
            update={"reason": why, "explain": _WORDS[why], "evidence_count": one.count}
        )
        for one in state.announced
        if one.status is Status.FIRING
    )


def _resolved(one: AnnouncedAlert, now: int) -> AnnouncedAlert:
    return msgspec.structs.replace(
        one, status=Status.RESOLVED, revision=one.revision + 1, updated=now, resolved=now
    )


def nameless(rule: RuleKey, state: WindowState) -> tuple[WindowRule, WindowState]:
    """A rule that nobody knows any more but by its name, and a state that asks nothing of it."""
    pack, name = rule
    levels = [one.level for one in state.announced]
    return (
        WindowRule(
            pack=pack,
            name=name,
            title=name,
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
        ),
        msgspec.structs.replace(state, hits=(), runs=()),
    )


def ended_levels(state: HypothesisState, now: datetime) -> tuple[Alert, ...]:
    """The same for the level that stands of a hypothesis that was removed."""
    return tuple(
        alert.model_copy(
            update={
                "status": Status.RESOLVED,
                "revision": alert.revision + 1,
                "updated_at": now,
                "resolved_at": max(alert.starts_at, now),
                "reason": REMOVED,
                "explain": _WORDS[REMOVED],
            }
        )
        for alert in state.alerts
        if alert.status is Status.FIRING
    )
