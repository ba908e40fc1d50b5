"""Novelty: a value, or a pair of opponents, that no hit had for as long as `history`.

The value is part of the key, so the hits of one state are those that carry it.
"""

from collections.abc import Iterator

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.state import WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


def novel(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit with none in `(t - history, t)`, once the rule has watched for `warmup`.

    The value is 1. A rule of which it is not known since when it watches is silent.
    """
    if state.since is None:
        return
    warm, last = state.since + span(rule.warmup), None
    for at in dict.fromkeys(hit.at for hit in state.hits):
        if at >= warm and (last is None or last <= at - span(rule.history)):
            yield at, 1.0
        last = at
