"""Novelty: a value, or a pair of opponents, that no hit has had for `history`.

The value is part of the window key, so every hit of a state has it.
"""

from collections.abc import Iterator

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.state import WindowState, span
from services.matcher.domain.windows.window import list_times
from services.matcher.domain.windows.window_rule import WindowRule


def find_novelties(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit with none in `(t - history, t)`, once the rule has watched for `warmup`.

    The value is 1. There is none while it is unknown since when the rule watches. The alert of a
    base rule is in that time if it overlaps it.
    """
    if state.since is None:
        return
    warm_from, history = state.since + span(rule.warmup), span(rule.history)
    begun, newest, hits = 0, None, sorted(state.hits, key=lambda hit: hit.first)
    for at in list_times(hits):
        while begun < len(hits) and hits[begun].first < at:
            newest = max(hits[begun].last, newest or hits[begun].last)
            begun += 1
        if at >= warm_from and (newest is None or newest <= at - history):
            yield at, 1.0
