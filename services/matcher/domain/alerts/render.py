"""Rendering: an announced alert and its episode as an Alert."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from schemas.alert import (
    LONGEST_FIELD,
    MOST_EVIDENCE,
    Alert,
    Evidence,
    RuleRef,
    fingerprint,
    window_key,
)
from schemas.signal import FieldValue
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.evaluation import find_pass
from services.matcher.domain.alerts.explain import explain_alert, explain_said, explain_suspicion
from services.matcher.domain.alerts.newest_evidence import (
    list_newest_events,
    list_roles,
    walk_evidence,
)
from services.matcher.domain.detection.fields import LIST_FIELDS
from services.matcher.domain.windows.announced_alerts import AlertWords, AnnouncedAlert
from services.matcher.domain.windows.condition import count_tokens
from services.matcher.domain.windows.measure import Distinct
from services.matcher.domain.windows.passes import CountingPass
from services.matcher.domain.windows.state import WindowState, instant
from services.matcher.domain.windows.template import SeveralValues, read_fields, render_template
from services.matcher.domain.windows.window import window_hits
from services.matcher.domain.windows.window_rule import PAIR_SEPARATOR, WindowRule
from services.report_text import cut_line, weigh

IDS = frozenset({"entities", "actor_ids", "target_ids", "sites", "doers", "undergoers"})
"""The fields whose values are ids of list members or sites; alerts show their names."""


def state_fingerprint(rule: WindowRule, state: WindowState) -> str:
    """The fingerprint of every alert of this key."""
    return fingerprint(window_key(rule.pack, rule.name, state.group, exercise=state.exercise))


def render_alert(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, episode: Episode | None
) -> Alert:
    """The current revision. Without an episode (withdrawn) it has its last words, no evidence."""
    # looked up in the hits of one state, whatever states the episodes were found in
    episode = None if episode is None else episode.among(state.hits)
    words = render_words(rule, state, alert, episode)
    evidence = () if episode is None else _list_evidence(rule, episode)
    return Alert(
        id=alert.id,
        fingerprint=state_fingerprint(rule, state),
        revision=alert.revision,
        status=alert.status,
        rule=_reference(rule),
        pack=rule.pack,
        group=state.group,
        level=alert.level,
        summary=words.summary,
        action=words.action,
        value=alert.value,
        evidence=evidence,
        evidence_count=0 if episode is None else alert.count,
        owners=() if episode is None else episode.owners,
        hypotheses=rule.hypotheses,
        explain=_explain(rule, state, alert, evidence),
        reason=alert.reason,
        exercise=state.exercise,
        **_render_marks(alert),
        **_render_times(alert),
    )


def _explain(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, evidence: Sequence[Evidence]
) -> str:
    why = explain_alert(rule, state, alert)
    return why + explain_said(evidence) + explain_suspicion(evidence)


def _render_marks(alert: AnnouncedAlert) -> dict[str, bool]:
    return {
        "uncorroborated": alert.uncorroborated,
        "suspected": alert.suspected,
        "late": alert.late,
        "backfill": alert.backfill,
        "storm": alert.storm is not None,
    }


def _render_times(alert: AnnouncedAlert) -> dict[str, Any]:
    return {
        "starts_at": instant(alert.start),
        "last_fired_at": instant(alert.last),
        "updated_at": instant(alert.updated),
        "detected_at": instant(alert.detected),
        "resolved_at": None if alert.resolved is None else instant(alert.resolved),
    }


def render_words(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, episode: Episode | None
) -> AlertWords:
    """The words of the templates about the newest report; without any report the last ones.

    Where none were kept, only templates that read no field of a report are rendered.
    """
    is_known = episode is not None and episode.has_evidence
    if alert.words is not None and not is_known:
        return alert.words
    values = _template_values(rule, state, alert, episode)
    summary, action = (
        _render_text(template, values)
        if template is not None and (is_known or read_fields(template) <= values.keys())
        else None
        for template in (rule.summary or "{{ title }}", rule.action)
    )
    return AlertWords(summary or rule.title, action)


def _render_text(template: str, values: Mapping[str, object]) -> str:
    return cut_line(render_template(template, values), 2 * LONGEST_FIELD, measure=weigh)


def _reference(rule: WindowRule) -> RuleRef:
    return RuleRef(
        name=rule.name, id=rule.id, title=rule.title, level=rule.level, version=rule.version
    )


def _list_evidence(rule: WindowRule, episode: Episode) -> tuple[Evidence, ...]:
    """The newest pieces; each event once, with every base rule of a correlation that it met."""
    newest = list_newest_events(episode, MOST_EVIDENCE)
    if rule.type is None:
        return tuple(hit.evidence for hit in newest.values())
    return tuple(hit.evidence_as(list_roles(episode, identity)) for identity, hit in newest.items())


def _template_values(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, episode: Episode | None
) -> dict[str, object]:
    newest = next(walk_evidence(episode), None) if episode else None
    fields = {} if newest is None else _list_values(newest.fields)
    tokens = _find_tokens(rule, state, alert, episode) if episode and rule.reads_values else ()
    return {
        **nest_fields({**fields, **_name_group(rule, state.group)}),
        "group": state.group,
        "title": rule.title,
        "level": alert.level.value,
        "value": f"{alert.value:g}",
        "values": SeveralValues(sorted({_name_token(rule, token) for token in tokens})),
        "evidence_count": alert.count,
    }


def _find_tokens(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, episode: Episode
) -> Collection[str]:
    """What is counted in the last window."""
    passing = find_pass(rule, state, alert.last)
    if isinstance(passing, CountingPass) and isinstance(passing.measure, Distinct):
        return passing.measure.present()
    hits = window_hits(rule, episode.evidence, alert.last)
    return {token for hit in hits for token in count_tokens(rule, hit)}


def _name_group(rule: WindowRule, group: Mapping[str, str]) -> dict[str, str]:
    return {
        field: _name_members(rule, value) if field in IDS else value
        for field, value in group.items()
    }


def _name_token(rule: WindowRule, token: str) -> str:
    return _name_members(rule, token) if rule.counted_field in IDS else token


def _name_members(rule: WindowRule, members: str) -> str:
    return " and ".join(rule.names.get(member, member) for member in members.split(PAIR_SEPARATOR))


def _list_values(fields: Mapping[str, FieldValue]) -> dict[str, object]:
    """The fields; those that may have several values have a list, where a hit has a text of one."""
    several = {
        name: SeveralValues((value,) if isinstance(value, str) else value)
        for name, value in fields.items()
        if name in LIST_FIELDS and isinstance(value, str | tuple)
    }
    return {**fields, **several}


def nest_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """Dotted names (`quantities.rockets`) as nested maps, whole numbers as int."""
    nested: dict[str, object] = {}
    for name, raw in fields.items():
        value = int(raw) if isinstance(raw, float) and raw.is_integer() else raw
        head, dot, rest = name.partition(".")
        if dot:
            inner = nested.setdefault(head, {})
            if isinstance(inner, dict):
                inner[rest] = value
        else:
            nested[head] = value
    return nested
