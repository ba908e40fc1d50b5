"""What the windows of a rule hold and lack at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Status
from services.matcher.domain.alerts.explain import explain_alert
from services.matcher.domain.hypotheses.distance import measure_distance
from services.matcher.domain.windows.state import Hit, WindowState, instant, micros
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
    """One group: what its window holds, newest first, how far it is from firing, and why it does.

    `distance` is as people say it (`2 of 3, 4 days left`); empty if it fires, holds nothing, or the
    rule does not come nearer hit by hit. `count` is of all that it holds.
    """

    group: Mapping[str, str]
    count: int
    held: tuple[HeldHit, ...]
    distance: str = ""
    firing: tuple[str, ...] = ()
    exercise: bool = False


def explain_window(
    rule: WindowRule, state: WindowState, firing: Iterable[str], now: datetime
) -> WindowExplanation:
    """The window of one group at `now`; `firing` explains the alerts that fire."""
    hits = sorted(window_hits(rule, state.hits, micros(now)), key=lambda hit: -hit.last)
    distance = measure_distance(rule, state, now)
    return WindowExplanation(
        state.group,
        len(hits),
        tuple(_describe_hit(rule, hit) for hit in hits[:MOST_HELD]),
        "" if distance is None else distance.describe(micros(now)),
        tuple(firing),
        state.exercise,
    )


def explain_live_window(rule: WindowRule, state: WindowState, now: datetime) -> WindowExplanation:
    """The window of a state that is in use: its own alerts say why it fires."""
    firing = (
        explain_alert(rule, state, alert)
        for alert in state.announced
        if alert.status is Status.FIRING
    )
    return explain_window(rule, state, firing, now)


def _describe_hit(rule: WindowRule, hit: Hit) -> HeldHit:
    leaves = instant(hit.last) + rule.timespan
    return HeldHit(hit.identity, instant(hit.at), leaves, tuple(hit.values))
