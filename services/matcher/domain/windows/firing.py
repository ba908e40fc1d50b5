"""Firing: the times at which a rule fires and their evidence, by the rule's type."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from schemas.rule import CorrelationType
from services.matcher.domain.windows import absence, divergence, novelty, rate
from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.state import Hit, WindowState
from services.matcher.domain.windows.steps import find_ordered_evidence
from services.matcher.domain.windows.window import find_window_evidence, find_window_firings
from services.matcher.domain.windows.window_rule import WindowRule

_FIND_BY_TYPE: Mapping[CorrelationType, Callable[[WindowRule, WindowState], Iterator[Firing]]] = {
    CorrelationType.ABSENCE: absence.find_absences,
    CorrelationType.NEW_VALUE: novelty.find_novelties,
    CorrelationType.REVERSAL: novelty.find_novelties,
    CorrelationType.RATE_CHANGE: rate.find_rate_changes,
    CorrelationType.DIVERGENCE: divergence.find_divergences,
}


def find_firings(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every firing time with the value counted there, in order.

    A function of the hits; for an absence of the clock too, and of `since` where a rule compares
    with the past.
    """
    find = None if rule.type is None else _FIND_BY_TYPE.get(rule.type)
    return find_window_firings(rule, state.hits) if find is None else find(rule, state)


def find_evidence(rule: WindowRule, hits: Sequence[Hit], times: Sequence[int]) -> tuple[Hit, ...]:
    """Every hit of every window that fired, as far as it counts there.

    For an absence the hits that waited in vain; where order counts, none before the first step.
    """
    if rule.type is CorrelationType.ABSENCE:
        return absence.find_unanswered(rule, hits, times)
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        return find_ordered_evidence(rule, hits, times)
    if rule.type is CorrelationType.RATE_CHANGE:
        return rate.find_counted(rule, hits, times)
    return find_window_evidence(rule, hits, times)
