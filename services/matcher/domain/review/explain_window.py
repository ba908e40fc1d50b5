"""What the windows of a rule hold and lack at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.alert import Alert, Status
from services.matcher.domain.hypotheses.distance import measure_distance
from services.matcher.domain.windows.state import WindowState, instant, micros
from services.matcher.domain.windows.window import window_hits
from services.matcher.domain.windows.window_rule import WindowRule

MOST_HELD = 10


@dataclass(frozen=True, slots=True)
class HeldHit:
    """A report in the window, what is counted of it, and when it leaves."""

    event: str
    at: datetime
    leaves: datetime
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowExplanation:
    """One group: what its window holds, newest first, how far it is from firing, and its alerts.

    `distance` is as people say it (`2 of 3, 4 days left`); empty if it fires, holds nothing, or the
    rule does not come nearer hit by hit. `count` is of all that it holds.
    """

    group: Mapping[str, str]
    count: int
    held: tuple[HeldHit, ...]
    distance: str = ""
    firing: tuple[Alert, ...] = field(default=())


def explain_window(
    rule: WindowRule, state: WindowState, alerts: Iterator[Alert], now: datetime
) -> WindowExplanation:
    """The window of one group at `now`; `alerts` are the rule's, in their last revisions."""
    hits = sorted(window_hits(rule, state.hits, micros(now)), key=lambda hit: -hit.last)
    distance = measure_distance(rule, state, now)
    return WindowExplanation(
        state.group,
        len(hits),
        tuple(
            HeldHit(
                hit.identity, instant(hit.at), instant(hit.last) + rule.timespan, tuple(hit.values)
            )
            for hit in hits[:MOST_HELD]
        ),
        "" if distance is None else distance.describe(micros(now)),
        tuple(
            alert
            for alert in alerts
            if alert.group == state.group and alert.status is Status.FIRING
        ),
    )
