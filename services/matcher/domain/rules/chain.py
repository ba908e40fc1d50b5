"""Rules over rules: the episodes of a base correlation are hits of the rules above it."""

from datetime import datetime

from schemas.alert import Alert, Evidence, Status
from schemas.signal import Signal, SignalKind
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.window_rule import WindowRule

OF_THE_MATCHER = "vedette"
VALUE = "value"
"""The counted field that stands for the value of the base rule's alert."""


def chained(rulebook: Rulebook, alert: Alert) -> tuple[Signal, ...]:
    """One hit for each rule above that of `alert`: at the episode's start, by the alert's id.

    A withdrawn alert takes its hit out. An alert without a field that the rule above groups by or
    counts is not counted there.
    """
    base = rulebook.windows.get((alert.pack, alert.rule.name))
    if base is None or base.type is None:
        return ()
    above = rulebook.feeds.get((alert.pack, alert.rule.name), ())
    told = (_hit(rule, alert) for rule in above if _speaks_to(rule, alert))
    return tuple(one.model_copy(update={"bundle": rulebook.number}) for one in told)


def _speaks_to(rule: WindowRule, alert: Alert) -> bool:
    needed = {*rule.group_by, *([rule.counted_field] if rule.counted_field else [])} - {VALUE}
    return needed <= alert.group.keys()


def _hit(rule: WindowRule, alert: Alert) -> Signal:
    recorded = _recorded(alert)
    owners = {one.source_owner or one.source for one in alert.evidence}
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
            excerpt=alert.summary,
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


def _recorded(alert: Alert) -> datetime:
    """When the episode's start was known: the newest record of what happened up to it."""
    known = (
        one.recorded_at
        for one in alert.evidence
        if one.recorded_at is not None and one.occurred_at <= alert.starts_at
    )
    return max(known, default=alert.starts_at)
