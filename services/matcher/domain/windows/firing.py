"""Firing: the times at which a rule fires, and the hits behind them, by the rule's type."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from schemas.rule import CorrelationType
from services.matcher.domain.windows import absence, divergence, novelty, rate
from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.state import Hit, WindowState
from services.matcher.domain.windows.window import behind, firing_times
from services.matcher.domain.windows.window_rule import WindowRule

_OF_THEIR_OWN: Mapping[CorrelationType, Callable[[WindowRule, WindowState], Iterator[Firing]]] = {
    CorrelationType.ABSENCE: absence.absent,
    CorrelationType.NEW_VALUE: novelty.novel,
    CorrelationType.REVERSAL: novelty.novel,
    CorrelationType.RATE_CHANGE: rate.rates,
    CorrelationType.DIVERGENCE: divergence.divergences,
}


def firings(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every firing time with the value counted there, in order: a function of the hits.

    And of the clock for an absence, and of when the rule began to watch where that counts.
    """
    own = None if rule.type is None else _OF_THEIR_OWN.get(rule.type)
    return firing_times(rule, state.hits) if own is None else own(rule, state)


def evidence(rule: WindowRule, hits: Sequence[Hit], times: Sequence[int]) -> tuple[Hit, ...]:
    """Every hit of every window that fired; for an absence the hits that waited in vain."""
    if rule.type is CorrelationType.ABSENCE:
        return absence.waiting(rule, hits, times)
    return behind(rule, hits, times)
