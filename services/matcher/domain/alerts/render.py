"""Rendering: an announced alert and its episode as the Alert that people read."""

from collections.abc import Mapping

from schemas.alert import MOST_EVIDENCE, Alert, Evidence, RuleRef, fingerprint, window_key
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.explain import explained
from services.matcher.domain.windows.condition import tokens
from services.matcher.domain.windows.state import AnnouncedAlert, WindowState, instant
from services.matcher.domain.windows.template import rendered
from services.matcher.domain.windows.window import window
from services.matcher.domain.windows.window_rule import PAIRED, WindowRule

IDS = frozenset({"entities", "actor_ids", "target_ids", "sites"})
"""The fields whose values are ids of list members or sites: an alert's words say their names."""

_LONGEST_SUMMARY = 1000


def state_fingerprint(rule: WindowRule, state: WindowState) -> str:
    """The fingerprint of every alert of this key."""
    return fingerprint(window_key(rule.pack, rule.name, state.group, exercise=state.exercise))


def rendered_alert(
    rule: WindowRule, state: WindowState, one: AnnouncedAlert, episode: Episode | None
) -> Alert:
    """The alert as it stands. Without an episode (withdrawn) it has no evidence left."""
    values = _template_values(rule, state, one, episode)
    return Alert(
        id=one.id,
        fingerprint=state_fingerprint(rule, state),
        revision=one.revision,
        status=one.status,
        rule=_reference(rule),
        pack=rule.pack,
        group=state.group,
        level=one.level,
        summary=rendered(rule.summary or "{{ title }}", values)[:_LONGEST_SUMMARY],
        action=None if rule.action is None else rendered(rule.action, values),
        starts_at=instant(one.start),
        updated_at=instant(one.updated),
        detected_at=instant(one.detected),
        resolved_at=None if one.resolved is None else instant(one.resolved),
        value=one.value,
        evidence=() if episode is None else _newest(episode),
        evidence_count=0 if episode is None else one.count,
        hypotheses=rule.hypotheses,
        explain=explained(rule, state, one),
        reason=one.reason,
        uncorroborated=one.uncorroborated,
        late=one.late,
        backfill=one.backfill,
        exercise=state.exercise,
    )


def _reference(rule: WindowRule) -> RuleRef:
    return RuleRef(
        name=rule.name, id=rule.id, title=rule.title, level=rule.level, version=rule.version
    )


def _newest(episode: Episode) -> tuple[Evidence, ...]:
    unique = {hit.identity: hit for hit in episode.evidence}
    newest = sorted(unique.values(), key=lambda hit: hit.order, reverse=True)
    return tuple(hit.evidence for hit in newest[:MOST_EVIDENCE])


def _template_values(
    rule: WindowRule, state: WindowState, one: AnnouncedAlert, episode: Episode | None
) -> dict[str, object]:
    newest = episode.evidence[-1].fields if episode and episode.evidence else {}
    last = window(rule, episode.evidence, one.last) if episode else ()
    return {
        **nested({**newest, **_by_name(rule, state.group)}),
        "group": state.group,
        "title": rule.title,
        "level": one.level.value,
        "value": f"{one.value:g}",
        "values": sorted({_said(rule, token) for hit in last for token in tokens(rule, hit)}),
        "evidence_count": one.count,
    }


def _by_name(rule: WindowRule, group: Mapping[str, str]) -> dict[str, str]:
    return {field: _name(rule, value) if field in IDS else value for field, value in group.items()}


def _said(rule: WindowRule, token: str) -> str:
    return _name(rule, token) if rule.counts in IDS else token


def _name(rule: WindowRule, member: str) -> str:
    return " and ".join(rule.called.get(one, one) for one in member.split(PAIRED))


def nested(fields: Mapping[str, object]) -> dict[str, object]:
    """Dotted names (`quantities.rockets`) as maps within maps, whole numbers without a point."""
    plain: dict[str, object] = {}
    for name, said in fields.items():
        value = int(said) if isinstance(said, float) and said.is_integer() else said
        head, dot, rest = name.partition(".")
        if dot:
            inner = plain.setdefault(head, {})
            if isinstance(inner, dict):
                inner[rest] = value
        else:
            plain[head] = value
    return plain
