"""Deferral: which alerts a late hit changes in their counts alone, so that they wait for a tick."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from schemas.alert import MOST_EVIDENCE
from services.matcher.domain.alerts.tally import has_whole_runs
from services.matcher.domain.windows.changed_hits import ChangedHits
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FOREVER, FiringRun, Hit
from services.matcher.domain.windows.window_rule import WindowRule

MOST_AT_ONCE = 8
"""Alerts whose counts alone one message revises at once."""


def find_deferred(
    rule: WindowRule,
    hits: Ordered[Hit],
    changed: ChangedHits,
    runs: Sequence[FiringRun],
    look_back: int,
) -> int:
    """The time from which on runs that begin are left for the next tick; FOREVER if none are.

    They list none of the hits that came or went: each has as evidence as many newer events as an
    alert lists. So these change its value, and what it says of all its evidence.
    """
    may_wait = bool(changed) and not changed.forgotten and has_whole_runs(rule)
    if not may_wait or len(runs) <= MOST_AT_ONCE:
        return FOREVER
    unlisted = _find_unlisted(hits, changed.last)
    first = bisect_left(runs, unlisted, key=lambda run: run.start)
    end = bisect_right(runs, changed.last + look_back, key=lambda run: run.start)
    return unlisted if end - first > MOST_AT_ONCE else FOREVER


def _find_unlisted(hits: Ordered[Hit], last: int) -> int:
    """The time from which on as many events as an alert lists have begun behind another."""
    begun, events = last, set[str]()
    for hit in hits.forwards(last, FOREVER):
        if hit.first > last:
            begun = max(begun, hit.first)
            events.add(hit.identity)
        if len(events) == MOST_EVIDENCE:
            return begun
    return FOREVER
