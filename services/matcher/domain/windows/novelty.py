"""Novelty: a value, or a pair of opponents, that no hit has had for `history`.

The value is part of the window key, so every hit of a state has it.
"""

from collections.abc import Iterator

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.state import WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


def find_novelties(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit with none in `(t - history, t)`, once the rule has watched for `warmup`.

    The value is 1. There is none while it is unknown since when the rule watches.
    """
    if state.since is None:
        return
    warm_from, before = state.since + span(rule.warmup), None
    for at in dict.fromkeys(hit.at for hit in state.hits):
        if at >= warm_from and (before is None or before <= at - span(rule.history)):
            yield at, 1.0
        before = at
