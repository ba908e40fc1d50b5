"""Explaining: a sentence on what was counted, over which span, against which condition."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from schemas.alert import Evidence
from schemas.rule import CorrelationType
from services.counts import format_count
from services.matcher.domain.alerts.evaluation import find_pass
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.cluster import SharedTerm, TermCluster, find_largest_cluster
from services.matcher.domain.windows.comparing_passes import DivergencePass, RatePass
from services.matcher.domain.windows.condition import describe_bounds
from services.matcher.domain.windows.divergence import compare_shares
from services.matcher.domain.windows.durations import format_duration
from services.matcher.domain.windows.passes import CountingPass
from services.matcher.domain.windows.rate import compare_rates
from services.matcher.domain.windows.state import WindowState, instant, span
from services.matcher.domain.windows.window import window_hits
from services.matcher.domain.windows.window_rule import NUMERIC, TEMPORAL, WindowRule
from services.report_text import clean_line

_MOST_TERMS = 5


def explain_alert(rule: WindowRule, state: WindowState, alert: AnnouncedAlert) -> str:
    """The sentence for the current revision of an alert."""
    if rule.type is None:
        return f"Every report that matches alerts by itself; {alert.count} so far in this group."
    return _EXPLAIN_BY_TYPE.get(rule.type, _explain_window)(rule, state, alert)


def explain_said(evidence: Iterable[Evidence]) -> str:
    """What the newest report with a sentence that a rule read says; empty if there is none."""
    said = next((piece.said for piece in evidence if piece.said), "")
    return f" said: {clean_line(said)}" if said else ""


def explain_suspicion(evidence: Iterable[Evidence]) -> str:
    """What the newest suspected report is like, and how much; empty if there is none."""
    found = next(filter(None, (piece.suspicion for piece in evidence)), None)
    if found is None:
        return ""
    example = f" “{clean_line(found.example)}”" if found.example else ""
    return (
        f" suspected: like {clean_line(found.meaning)}{example}, "
        f"score {found.score:.1f} of {found.threshold:.1f} asked."
    )


def _explain_window(rule: WindowRule, _state: WindowState, alert: AnnouncedAlert) -> str:
    asked = describe_bounds(rule.condition) if rule.expression is None else rule.expression.text
    return (
        f"{_describe_value(rule, alert.value)} in the {format_duration(rule.timespan)} up to "
        f"{format_time(alert.last)}; the rule asks for {asked}."
    )


def _describe_value(rule: WindowRule, value: float) -> str:
    if rule.type in TEMPORAL:
        order = " in this order" if rule.type is CorrelationType.TEMPORAL_ORDERED else ""
        return f"{value:g} of {len(rule.bases)} rules ({', '.join(rule.bases)}) hit{order}"
    if rule.type in NUMERIC:
        total = rule.type.value.removeprefix("value_")
        return f"{total} of {rule.counted_field} is {value:g}"
    if rule.type is CorrelationType.VALUE_COUNT:
        return f"{format_count(value, 'distinct value')} of {rule.counted_field}"
    counted = {"story": ("story", "stories"), "source": ("source", "sources")}
    one, many = counted.get(rule.count_by, ("event", "events"))
    return format_count(value, f"distinct {one}", f"distinct {many}")


def _explain_absence(rule: WindowRule, _state: WindowState, alert: AnnouncedAlert) -> str:
    awaited = f"hit of {rule.bases[1]}" if len(rule.bases) > 1 else "further hit"
    asked = format_time(alert.last - span(rule.timespan))
    timespan = format_duration(rule.timespan)
    return f"No {awaited} came within {timespan} after {rule.bases[0]} at {asked}."


def _explain_new_value(rule: WindowRule, state: WindowState, alert: AnnouncedAlert) -> str:
    value = clean_line(state.group.get(rule.subject or "", ""))
    return (
        f"The first hit with {rule.subject} {value} in {format_duration(rule.history)}, at "
        f"{format_time(alert.last)}."
    )


def _explain_reversal(rule: WindowRule, state: WindowState, alert: AnnouncedAlert) -> str:
    pair = clean_line(state.group.get(rule.subject or "", ""))
    return (
        f"The first hit in {format_duration(rule.history)} that joins the opponents {pair}, at "
        f"{format_time(alert.last)}."
    )


def _explain_rate_change(rule: WindowRule, state: WindowState, alert: AnnouncedAlert) -> str:
    passing = find_pass(rule, state, alert.last)
    rates = (
        passing.compare()
        if isinstance(passing, RatePass)
        else compare_rates(rule, state, alert.last)
    )
    if rates is None:
        return _explain_window(rule, state, alert)
    days = format_count(float(f"{rates.baseline / span(timedelta(days=1)):.4g}"), "day")
    return (
        f"{format_count(rates.n, 'hit')} in the {format_duration(rule.timespan)} "
        f"up to {format_time(alert.last)} against {rates.m} in the {days} before "
        f"(chance {rates.chance:.2g}); "
        f"the rule asks for {_describe_rate_bounds(rule)}."
    )


def _describe_rate_bounds(rule: WindowRule) -> str:
    asked = rule.condition
    parts = [f"{asked.ratio:g} times the rate"]
    if asked.floor is not None:
        parts.append(f"at least {format_count(asked.floor, 'hit')}")
    if asked.significance is not None:
        parts.append(f"a chance of at most {asked.significance:g}")
    return " and ".join(parts)


def _explain_shared_term(rule: WindowRule, state: WindowState, alert: AnnouncedAlert) -> str:
    cluster = _find_cluster(rule, state, alert.last)
    named = (
        "" if cluster is None else f" ({', '.join(map(clean_line, cluster.terms[:_MOST_TERMS]))})"
    )
    return (
        f"{alert.value:g} distinct values of {rule.by} share one term{named} in the "
        f"{format_duration(rule.timespan)} up to {format_time(alert.last)}; the rule asks for "
        f"{describe_bounds(rule.condition)}."
    )


def _find_cluster(rule: WindowRule, state: WindowState, t: int) -> TermCluster | None:
    passing = find_pass(rule, state, t)
    if isinstance(passing, CountingPass) and isinstance(passing.measure, SharedTerm):
        return passing.measure.find_largest()
    return find_largest_cluster(window_hits(rule, state.hits, t), rule.similarity)


def _explain_divergence(rule: WindowRule, state: WindowState, alert: AnnouncedAlert) -> str:
    passing = find_pass(rule, state, alert.last)
    compared = (
        passing.compare()
        if isinstance(passing, DivergencePass)
        else compare_shares(rule, state, alert.last)
    )
    first, second = rule.between
    shares = ""
    if compared is not None:
        now, before = compared
        shares = (
            f" ({first} {now.first:.0%}, {second} {now.second:.0%}; "
            f"before {before.first:.0%}, {before.second:.0%})"
        )
    return (
        f"The shares of {rule.compared_value} in {rule.subject} lie {alert.value:.0%} apart in the "
        f"{format_duration(rule.timespan)} up to {format_time(alert.last)}{shares}; "
        f"the rule asks for {rule.condition.by or 0:.0%} more than before."
    )


_EXPLAIN_BY_TYPE: Mapping[
    CorrelationType, Callable[[WindowRule, WindowState, AnnouncedAlert], str]
] = {
    CorrelationType.ABSENCE: _explain_absence,
    CorrelationType.NEW_VALUE: _explain_new_value,
    CorrelationType.REVERSAL: _explain_reversal,
    CorrelationType.RATE_CHANGE: _explain_rate_change,
    CorrelationType.SHARED_TERM: _explain_shared_term,
    CorrelationType.DIVERGENCE: _explain_divergence,
}


def format_time(us: int) -> str:
    """A time in microseconds as text: `2020-01-14 12:00 UTC`."""
    return f"{instant(us):%Y-%m-%d %H:%M} UTC"
