"""Chains: how often base rules hit one after the other in all windows of some times."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from math import inf

from services.matcher.domain.windows.margins import NOTHING, Margins, count_slack, rises_only
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, span
from services.matcher.domain.windows.window_rule import WindowRule

_ENOUGH = 64
"""Chains that are counted at most."""


def find_chain_margins(
    rule: WindowRule, hits: Ordered[Hit], times: Sequence[int], firing: int
) -> Margins:
    """The margins of neighbouring times, at `firing` of which a temporal_ordered fires.

    Each chain of hits that lies in all of their windows keeps all of them firing. An alert lies in
    them at its last time, so it is one step there, though it may come before others too.
    """
    if not rises_only(rule.condition):
        return NOTHING
    added = inf if firing == len(times) else 0
    if not firing:
        return Margins(added, inf)
    opened = times[-1] - span(rule.timespan)
    common = (hit for hit in hits.forwards(opened, times[0]) if hit.last > opened)
    return Margins(added, _count_chains(_find_steps(rule), common) - 1)


def list_deciding(rule: WindowRule, hits: Ordered[Hit], time: int) -> Sequence[Hit]:
    """The hits of `W(time)` from where the longest chain begins that begins last.

    Alerts, all of which have ended by then, are taken for their last times: that finds chains which
    begin no later, and what those that begin last consist of lasts until behind that.
    """
    opened, deciding = time - span(rule.timespan), list[Hit]()
    waiting = {place: place for place in range(len(rule.bases))}
    for hit in takewhile(lambda hit: hit.at > opened, hits.backwards(time)):
        if not waiting and hit.at != deciding[-1].at:
            break
        deciding.append(hit)
        waiting = _follow_back(rule.bases, waiting, hit)
    return deciding[::-1]


def _follow_back(bases: Sequence[str], waiting: dict[int, int], hit: Hit) -> dict[int, int]:
    """For the last step of each chain, which step it waits for behind one more hit."""
    after = {last: step - (bases[step] == hit.base) for last, step in waiting.items()}
    return {last: step for last, step in after.items() if step >= 0}


def _find_steps(rule: WindowRule) -> Sequence[str]:
    """The base rules that have to hit."""
    needed = (
        place
        for place in range(len(rule.bases) + 1)
        if count_slack(rule.condition, place).added == inf
    )
    return rule.bases[: next(needed, 0)]


def _count_chains(bases: Sequence[str], hits: Iterable[Hit]) -> int:
    """How many chains there are at least that have no hit in common."""
    if not bases:
        return _ENOUGH
    reached = [0] * len(bases)
    for hit in hits:
        for place in reversed(range(len(bases))):
            if bases[place] == hit.base and (not place or reached[place - 1]):
                reached[place - 1] -= bool(place)
                reached[place] += 1
                break
        if reached[-1] == _ENOUGH:
            break
    return reached[-1]
