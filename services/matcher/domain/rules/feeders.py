"""Feeders: the only sources of an indicator, where its rules name them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.rule import CorrelationRule, RuleDocument
from services.matcher.domain.detection.predicates import Atom, Predicate, required_groups
from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.rules.rulebook import CompiledRule

_SOURCE = "source"


def add_sources(
    hypothesis: WatchedHypothesis,
    documents: Mapping[str, RuleDocument],
    by_rule: Mapping[str, frozenset[str]],
) -> WatchedHypothesis:
    """The hypothesis with the sources of every indicator that names none itself.

    They are known where every detection rule below the indicator asks for sources by their whole
    names (`source: [afp, reuters]`), not by a part or a pattern of them.
    """

    def with_sources(indicator: Indicator) -> Indicator:
        sources = indicator.sources or _sources_of(indicator.rule, documents, by_rule)
        return replace(indicator, sources=sources)

    return replace(hypothesis, indicators=tuple(map(with_sources, hypothesis.indicators)))


def map_required_sources(rules: Iterable[CompiledRule]) -> Mapping[str, frozenset[str]]:
    """The sources that each detection rule asks for by name; none if it asks for no source."""
    return {rule.name: _required_sources(rule.predicate) for rule in rules}


def _required_sources(predicate: Predicate) -> frozenset[str]:
    """The sources of the events that meet the predicate; empty if not known."""
    groups = required_groups(predicate, _count_others)
    sources = [{value for _, value in group} for group in groups if not _count_others(group)]
    return frozenset(min(sources, key=len, default=()))


def _count_others(group: frozenset[Atom]) -> float:
    return sum(field != _SOURCE for field, _ in group)


def _sources_of(
    rule: str, documents: Mapping[str, RuleDocument], by_rule: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    sources = [by_rule.get(name, frozenset()) for name in _detections(rule, documents)]
    return tuple(sorted(frozenset().union(*sources))) if all(sources) else ()


def _detections(rule: str, documents: Mapping[str, RuleDocument]) -> set[str]:
    """The detection rules below a rule, at any depth."""
    detections, pending, seen = set(), [rule], set()
    while pending:
        name = pending.pop()
        document = documents.get(name)
        if isinstance(document, CorrelationRule) and name not in seen:
            pending += document.correlation.rules
        else:
            detections.add(name)
        seen.add(name)
    return detections
