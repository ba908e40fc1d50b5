"""Rules over rules: the alerts of a base correlation are hits of the rules that count it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from schemas.alert import Alert, Evidence, Status
from schemas.rule import CorrelationType
from schemas.signal import Signal, SignalKind
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.text.cut import cut_text, cut_values
from services.matcher.domain.text.fold import fold
from services.matcher.domain.windows.divergence import HAS_VALUE, LACKS_VALUE
from services.matcher.domain.windows.state import micros
from services.matcher.domain.windows.window_rule import NOVEL, PAIR_SEPARATOR, WindowRule

OF_THE_MATCHER = "vedette"
LONGEST_SUMMARY = 500
"""Characters of an alert's summary as the excerpt of a hit."""
VALUE = "value"
"""The counted field that means the value of the base rule's alert."""
ACTORS = "actor_ids"
"""The field that says on which side of a divergence a hit is."""


class NotCounted(Exception):
    """An alert lacks a field that a rule above groups by or reads."""


def chain_alert(
    rulebook: Rulebook, alert: Alert, firings: tuple[int, ...] = ()
) -> tuple[Signal, ...]:
    """A hit for each rule that counts the rule of `alert`: its identity is the alert's id.

    It lasts for as long as the alert fired, at the times `firings` (microseconds). A withdrawn
    alert gives a retraction. A rule counts no alert without a field that it groups by or reads.
    """
    base = rulebook.windows.get((alert.pack, alert.rule.name))
    if base is None or base.type is None:
        return ()
    above = rulebook.feeds.get((alert.pack, alert.rule.name), ())
    hit = _make_hit(rulebook, alert, firings)
    return tuple(_address_hits(rulebook, above, alert, hit))


def _address_hits(
    rulebook: Rulebook, above: Iterable[WindowRule], alert: Alert, hit: Signal
) -> Iterator[Signal]:
    for rule in above:
        try:
            read = {
                "group": _read_group(rulebook, rule, alert),
                "values": _read_values(rule, alert),
                "by": _read_sides(rulebook, rule, alert),
            }
        except NotCounted:
            continue
        yield hit.model_copy(update={"pack": rule.pack, "rule": rule.name} | read)


def _make_hit(rulebook: Rulebook, alert: Alert, firings: tuple[int, ...]) -> Signal:
    """The hit, not yet of a rule above."""
    last = alert.last_fired_at or alert.starts_at
    return Signal(
        kind=SignalKind.RETRACTION if alert.status is Status.WITHDRAWN else SignalKind.HIT,
        pack=alert.pack,
        rule="",
        base=alert.rule.name,
        bundle=rulebook.number,
        identity=alert.id,
        occurred_at=alert.starts_at,
        occurred_until=last,
        story=alert.id,
        owner=min(alert.owners, default=OF_THE_MATCHER),
        owners=alert.owners,
        revision=alert.revision,
        firings=firings or tuple(sorted({micros(alert.starts_at), micros(last)})),
        fields=dict(alert.group),
        evidence=_make_evidence(alert, last),
        exercise=alert.exercise,
        backfill=alert.backfill,
        suspected=alert.suspected,
    )


def _make_evidence(alert: Alert, last: datetime) -> Evidence:
    known = (report.recorded_at for report in alert.evidence if report.recorded_at is not None)
    return Evidence(
        event_id=alert.id,
        source=OF_THE_MATCHER,
        occurred_at=alert.starts_at,
        occurred_until=last,
        recorded_at=max(known, default=last),
        title=alert.rule.title,
        excerpt=cut_text(alert.summary, LONGEST_SUMMARY),
        suspicion=next(filter(None, (piece.suspicion for piece in alert.evidence)), None),
    )


def _read_field(rule: WindowRule, alert: Alert, field: str) -> str:
    """The value of a field, or of that which it is an alias of, in the alert's group."""
    named = rule.aliases.get(field, {}).get(alert.rule.name, field)
    if named not in alert.group:
        raise NotCounted
    return alert.group[named]


def _read_group(rulebook: Rulebook, rule: WindowRule, alert: Alert) -> Mapping[str, str]:
    """The fields by which the rule groups; a new value, or pair of opponents, is one of them."""
    group = {field: _read_field(rule, alert, field) for field in rule.group_by}
    if rule.subject is None or rule.type not in NOVEL:
        return group
    value = _read_field(rule, alert, rule.subject)
    if rule.type is CorrelationType.REVERSAL and not _joins_opponents(rulebook, alert, value):
        raise NotCounted
    return group | {rule.subject: value}


def _joins_opponents(rulebook: Rulebook, alert: Alert, value: str) -> bool:
    first, *others = value.split(PAIR_SEPARATOR)
    return len(others) == 1 and _lists_of(rulebook, alert).are_opposed(first, others[0])


def _lists_of(rulebook: Rulebook, alert: Alert) -> Lists:
    return next(pack.lists for pack in rulebook.packs if pack.name == alert.pack)


def _read_values(rule: WindowRule, alert: Alert) -> tuple[str, ...]:
    """The term, whether it has the compared value, or the value that is counted."""
    subject = rule.subject or ""
    if rule.type is CorrelationType.SHARED_TERM:
        return cut_values([fold(_read_field(rule, alert, subject)).strip()])
    if rule.type is CorrelationType.DIVERGENCE:
        value, compared = _read_field(rule, alert, subject), rule.compared_value or ""
        return (HAS_VALUE if value.casefold() == compared.casefold() else LACKS_VALUE,)
    if rule.counted_field is None:
        return ()
    if rule.counted_field == VALUE:
        return (f"{alert.value or 0:g}",)
    return (_read_field(rule, alert, rule.counted_field),)


def _read_sides(rulebook: Rulebook, rule: WindowRule, alert: Alert) -> tuple[str, ...]:
    """The `by` value of a term, or the lists that hold the actor."""
    if rule.type is CorrelationType.SHARED_TERM:
        return (_read_field(rule, alert, rule.by or ""),)
    if rule.type is not CorrelationType.DIVERGENCE:
        return ()
    actor, members = _read_field(rule, alert, ACTORS), _lists_of(rulebook, alert).members
    sides = tuple(name for name in rule.between if actor in members.get(name, frozenset()))
    if not sides:
        raise NotCounted
    return sides
