"""Rendering: an announced alert and its episode as the Alert that people read."""

from collections.abc import Mapping
from datetime import timedelta

from schemas.alert import MOST_EVIDENCE, Alert, Evidence, RuleRef, fingerprint, window_key
from schemas.rule import CorrelationType
from services.matcher.domain.condition import bounds_in_words, tokens
from services.matcher.domain.episodes import Episode
from services.matcher.domain.state import Announced, State, instant
from services.matcher.domain.template import rendered
from services.matcher.domain.window import window
from services.matcher.domain.window_rule import NUMERIC, TEMPORAL, WindowRule

IDS = frozenset({"entities", "actor_ids", "target_ids"})
"""The fields whose values are ids of list members: an alert's words say their names."""

_LONGEST_SUMMARY = 1000


def state_fingerprint(rule: WindowRule, state: State) -> str:
    """The fingerprint of every alert of this key."""
    return fingerprint(window_key(rule.pack, rule.name, state.group, exercise=state.exercise))


def rendered_alert(
    rule: WindowRule, state: State, one: Announced, episode: Episode | None
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
        explain=_explain(rule, one),
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
    rule: WindowRule, state: State, one: Announced, episode: Episode | None
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
    return rule.called.get(member, member)


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


def _explain(rule: WindowRule, one: Announced) -> str:
    if rule.type is None:
        return f"Every report that matches alerts by itself; {one.count} so far in this group."
    asked = bounds_in_words(rule.condition) if rule.expression is None else rule.expression.text
    return (
        f"{_counted(rule, one.value)} in the {spoken(rule.timespan)} up to "
        f"{instant(one.last):%Y-%m-%d %H:%M} UTC; the rule asks for {asked}."
    )


def _counted(rule: WindowRule, value: float) -> str:
    if rule.type in TEMPORAL:
        order = " in this order" if rule.type is CorrelationType.TEMPORAL_ORDERED else ""
        return f"{value:g} of {len(rule.bases)} rules ({', '.join(rule.bases)}) hit{order}"
    if rule.type in NUMERIC:
        total = rule.type.value.removeprefix("value_")
        return f"{total} of {rule.counts} came to {value:g}"
    if rule.type is CorrelationType.VALUE_COUNT:
        return f"{value:g} distinct values of {rule.counts}"
    counted = {"story": "stories", "source": "sources"}.get(rule.count_by, "events")
    return f"{value:g} distinct {counted}"


def spoken(length: timedelta) -> str:
    """A length of whole seconds in its largest whole unit: `7 days`, `90 minutes`."""
    seconds = length // timedelta(seconds=1)
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
