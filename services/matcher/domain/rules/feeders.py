"""Feeders: the sources that alone can show an indicator, where its rules say so by name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.rule import CorrelationRule, RuleDocument
from services.matcher.domain.detection.predicates import Atom, Predicate, required
from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.rules.rulebook import CompiledRule

_SOURCE = "source"


def fed(
    hypothesis: WatchedHypothesis,
    documents: Mapping[str, RuleDocument],
    rules: Iterable[CompiledRule],
) -> WatchedHypothesis:
    """The hypothesis with the sources of every indicator that names none itself.

    They are known where every detection rule below the indicator asks for sources by their whole
    names (`source: [afp, reuters]`), not by a part or a pattern of them.
    """
    asked = {rule.name: _asked(rule.predicate) for rule in rules}

    def complete(one: Indicator) -> Indicator:
        return one if one.sources else replace(one, sources=_below(one.rule, documents, asked))

    return replace(hypothesis, indicators=tuple(map(complete, hypothesis.indicators)))


def _asked(predicate: Predicate) -> frozenset[str]:
    """The sources of which every event that meets the predicate has one; none if not known."""
    groups = required(predicate, _others)
    named = [{value for _, value in group} for group in groups if not _others(group)]
    return frozenset(min(named, key=len, default=()))


def _others(group: frozenset[Atom]) -> float:
    return sum(field != _SOURCE for field, _ in group)


def _below(
    rule: str, documents: Mapping[str, RuleDocument], asked: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    detections = _detections(rule, documents)
    known = [asked.get(name, frozenset()) for name in detections]
    return tuple(sorted(frozenset().union(*known))) if all(known) else ()


def _detections(rule: str, documents: Mapping[str, RuleDocument]) -> set[str]:
    """The detection rules that a rule counts, at any depth."""
    found, ahead, seen = set(), [rule], set()
    while ahead:
        name = ahead.pop()
        document = documents.get(name)
        if isinstance(document, CorrelationRule) and name not in seen:
            ahead += document.correlation.rules
        else:
            found.add(name)
        seen.add(name)
    return found
