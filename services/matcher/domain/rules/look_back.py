"""Compares how far back rules look with the retention of the events topic."""

from collections.abc import Iterable
from datetime import timedelta

from services.counts import format_count
from services.matcher.domain.windows.window_rule import WindowRule


def describe_short_retention(
    rules: Iterable[WindowRule], retention: timedelta | None
) -> tuple[str, ...]:
    """A line for each rule whose windows hold more than the `retention` of the events topic.

    Such windows are kept in the state topic, but cannot be rebuilt from events.
    """
    if retention is None:
        return ()
    return tuple(
        f"{rule.pack}/{rule.name}: its windows hold {format_count(rule.retention.days, 'day')} "
        f"and the events topic {retention.days}: keep events for longer, or they cannot be rebuilt"
        for rule in rules
        if rule.retention > retention
    )
