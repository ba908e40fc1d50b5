"""Rules over rules: the episodes of a base correlation are hits of the rules that count it."""

from datetime import datetime

from schemas.alert import Alert, Evidence, Status
from schemas.signal import Signal, SignalKind
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.text.cut import cut_text
from services.matcher.domain.windows.window_rule import WindowRule

OF_THE_MATCHER = "vedette"
LONGEST_SUMMARY = 500
"""Characters of an alert's summary as the excerpt of a hit."""
VALUE = "value"
"""The counted field that means the value of the base rule's alert."""


def chain_alert(rulebook: Rulebook, alert: Alert) -> tuple[Signal, ...]:
    """A hit for each rule that counts the rule of `alert`: its identity is the alert's id.

    It occurred at the start of the episode. A withdrawn alert gives a retraction. A rule counts no
    alert without a field that it groups by or counts.
    """
    base = rulebook.windows.get((alert.pack, alert.rule.name))
    if base is None or base.type is None:
        return ()
    above = rulebook.feeds.get((alert.pack, alert.rule.name), ())
    hits = (_make_hit(rule, alert) for rule in above if _has_fields(rule, alert))
    return tuple(hit.model_copy(update={"bundle": rulebook.number}) for hit in hits)


def _has_fields(rule: WindowRule, alert: Alert) -> bool:
    needed = {*rule.group_by, *([rule.counted_field] if rule.counted_field else [])} - {VALUE}
    return needed <= alert.group.keys()


def _make_hit(rule: WindowRule, alert: Alert) -> Signal:
    recorded = _recorded_at(alert)
    owners = {report.source_owner or report.source for report in alert.evidence}
    return Signal(
        kind=SignalKind.RETRACTION if alert.status is Status.WITHDRAWN else SignalKind.HIT,
        pack=rule.pack,
        rule=rule.name,
        base=alert.rule.name,
        group={field: alert.group[field] for field in rule.group_by},
        identity=alert.id,
        occurred_at=alert.starts_at,
        story=alert.id,
        owner=min(owners, default=OF_THE_MATCHER),
        owners=tuple(sorted(owners)),
        values=_values(rule, alert),
        revision=alert.revision,
        fields=dict(alert.group),
        evidence=Evidence(
            event_id=alert.id,
            source=OF_THE_MATCHER,
            occurred_at=alert.starts_at,
            recorded_at=recorded,
            title=alert.rule.title,
            excerpt=cut_text(alert.summary, LONGEST_SUMMARY),
        ),
        exercise=alert.exercise,
        backfill=alert.backfill,
    )


def _values(rule: WindowRule, alert: Alert) -> tuple[str, ...]:
    if rule.counted_field is None:
        return ()
    if rule.counted_field == VALUE:
        return (f"{alert.value or 0:g}",)
    return (alert.group[rule.counted_field],)


def _recorded_at(alert: Alert) -> datetime:
    """When the start of the episode was known: the newest record of the evidence up to it."""
    known = (
        report.recorded_at
        for report in alert.evidence
        if report.recorded_at is not None and report.occurred_at <= alert.starts_at
    )
    return max(known, default=alert.starts_at)
