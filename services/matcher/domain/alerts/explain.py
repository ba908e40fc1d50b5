"""Explaining: one sentence on what was counted, over which span, against which condition."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from schemas.rule import CorrelationType
from services.matcher.domain.windows.cluster import largest_cluster
from services.matcher.domain.windows.condition import bounds_in_words
from services.matcher.domain.windows.divergence import diverging
from services.matcher.domain.windows.rate import compared
from services.matcher.domain.windows.state import AnnouncedAlert, WindowState, instant, span
from services.matcher.domain.windows.window import window
from services.matcher.domain.windows.window_rule import NUMERIC, TEMPORAL, WindowRule

_MOST_TERMS = 5


def explained(rule: WindowRule, state: WindowState, one: AnnouncedAlert) -> str:
    """The sentence for an alert as it stands."""
    if rule.type is None:
        return f"Every report that matches alerts by itself; {one.count} so far in this group."
    return _SENTENCES.get(rule.type, _window)(rule, state, one)


def _window(rule: WindowRule, _state: WindowState, one: AnnouncedAlert) -> str:
    asked = bounds_in_words(rule.condition) if rule.expression is None else rule.expression.text
    return (
        f"{_counted(rule, one.value)} in the {spoken(rule.timespan)} up to "
        f"{minute(one.last)}; the rule asks for {asked}."
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


def _absence(rule: WindowRule, _state: WindowState, one: AnnouncedAlert) -> str:
    awaited = f"hit of {rule.bases[1]}" if len(rule.bases) > 1 else "further hit"
    asked = minute(one.last - span(rule.timespan))
    return f"No {awaited} came within {spoken(rule.timespan)} after {rule.bases[0]} at {asked}."


def _new_value(rule: WindowRule, state: WindowState, one: AnnouncedAlert) -> str:
    value = state.group.get(rule.subject or "", "")
    return (
        f"The first hit with {rule.subject} {value} in {spoken(rule.history)}, at "
        f"{minute(one.last)}."
    )


def _reversal(rule: WindowRule, state: WindowState, one: AnnouncedAlert) -> str:
    pair = state.group.get(rule.subject or "", "")
    return (
        f"The first hit in {spoken(rule.history)} that joins the opponents {pair}, at "
        f"{minute(one.last)}."
    )


def _rate_change(rule: WindowRule, state: WindowState, one: AnnouncedAlert) -> str:
    told = compared(rule, state, one.last)
    if told is None:
        return _window(rule, state, one)
    days = f"{told.baseline / span(timedelta(days=1)):.4g} days"
    return (
        f"{told.n} hits in the {spoken(rule.timespan)} up to {minute(one.last)} against "
        f"{told.m} in the {days} before (chance {told.chance:.2g}); "
        f"the rule asks for {_rate_asked(rule)}."
    )


def _rate_asked(rule: WindowRule) -> str:
    asked = rule.condition
    parts = [f"{asked.ratio:g} times the rate"]
    if asked.floor is not None:
        parts.append(f"at least {asked.floor} hits")
    if asked.significance is not None:
        parts.append(f"a chance of at most {asked.significance:g}")
    return " and ".join(parts)


def _shared_term(rule: WindowRule, state: WindowState, one: AnnouncedAlert) -> str:
    cluster = largest_cluster(window(rule, state.hits, one.last), rule.similarity)
    named = "" if cluster is None else f" ({', '.join(cluster.terms[:_MOST_TERMS])})"
    return (
        f"{one.value:g} distinct values of {rule.by} share one term{named} in the "
        f"{spoken(rule.timespan)} up to {minute(one.last)}; the rule asks for "
        f"{bounds_in_words(rule.condition)}."
    )


def _divergence(rule: WindowRule, state: WindowState, one: AnnouncedAlert) -> str:
    told = diverging(rule, state, one.last)
    first, second = rule.between
    shares = ""
    if told is not None:
        now, before = told
        shares = (
            f" ({first} {now.first:.0%}, {second} {now.second:.0%}; "
            f"before {before.first:.0%}, {before.second:.0%})"
        )
    return (
        f"The shares of {rule.compared} in {rule.subject} lie {one.value:.0%} apart in the "
        f"{spoken(rule.timespan)} up to {minute(one.last)}{shares}; the rule asks for "
        f"{rule.condition.by or 0:.0%} more than before."
    )


_SENTENCES: Mapping[CorrelationType, Callable[[WindowRule, WindowState, AnnouncedAlert], str]] = {
    CorrelationType.ABSENCE: _absence,
    CorrelationType.NEW_VALUE: _new_value,
    CorrelationType.REVERSAL: _reversal,
    CorrelationType.RATE_CHANGE: _rate_change,
    CorrelationType.SHARED_TERM: _shared_term,
    CorrelationType.DIVERGENCE: _divergence,
}


def minute(us: int) -> str:
    """A time in microseconds as people read it."""
    return f"{instant(us):%Y-%m-%d %H:%M} UTC"


def spoken(length: timedelta) -> str:
    """A length of whole seconds in its largest whole unit: `7 days`, `90 minutes`."""
    seconds = length // timedelta(seconds=1)
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
