"""How far back rules look, beside how far back events are kept."""

from collections.abc import Iterable
from datetime import timedelta

from services.matcher.domain.windows.window_rule import WindowRule


def out_of_reach(rules: Iterable[WindowRule], kept: timedelta | None) -> tuple[str, ...]:
    """A line for each rule whose windows hold more than the events topic, which keeps `kept`.

    Such windows live on in their own topic. But they cannot be rebuilt from events.
    """
    if kept is None:
        return ()
    return tuple(
        f"{rule.pack}/{rule.name}: its windows hold {rule.retention.days} days and the events "
        f"topic {kept.days}: keep events for longer, or they cannot be rebuilt"
        for rule in rules
        if rule.retention > kept
    )
