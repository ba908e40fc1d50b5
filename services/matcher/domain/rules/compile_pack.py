"""From the documents of rule packs to a rulebook, with every fault on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from schemas.rule import CorrelationRule, DetectionRule, Pack, RuleDocument
from services.matcher.domain.detection.compile_detection import compile_detection
from services.matcher.domain.detection.lists import Lists, build_lists
from services.matcher.domain.detection.places import build_places
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis, compile_hypothesis
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.packs.faults import InvalidField, RuleFault
from services.matcher.domain.rules.compile_sources import compile_sources
from services.matcher.domain.rules.feeders import fed
from services.matcher.domain.rules.references import (
    Rules,
    alerting_detections,
    bases_first,
    hypothesis_refusals,
    refuse_references,
    refuse_sides,
    silent_correlations,
    unique_rules,
)
from services.matcher.domain.rules.rulebook import (
    CompiledRule,
    PackRules,
    Rulebook,
    assemble_rulebook,
    index_rules,
)
from services.matcher.domain.text.organisation_heads import DEFAULT, Heads, heads_of
from services.matcher.domain.windows.compile_window import (
    NotSupported,
    compile_correlation_window,
    compile_detection_window,
)
from services.matcher.domain.windows.window_rule import NO_TIME, WindowRule


def compile_packs(packs: Iterable[PackDocuments]) -> tuple[Rulebook, tuple[RuleFault, ...]]:
    """The rulebook of all good rules, and every fault; a bad rule stops no other."""
    faults: list[RuleFault] = []
    rules: list[PackRules] = []
    windows: list[WindowRule] = []
    hypotheses: list[WatchedHypothesis] = []
    packs = tuple(packs)
    for pack in packs:
        lists, list_faults = build_lists(pack.lists)
        places, place_faults = build_places(pack.places, lists.members)
        lists = replace(lists, places=places, heads=_heads(pack.pack))
        known, doubles = unique_rules(pack.rules)
        faults += [*list_faults, *place_faults, *doubles]
        compiled = list(_compiled(pack.name, known, lists, faults))
        rules.append(index_rules(pack.name, lists, compiled))
        good = frozenset(rule.name for rule in compiled)
        told = _windows(pack, known, good, faults)
        documents = {one.document.name: one.document for one in known}
        listing = tuple(fed(one, documents, compiled) for one in _hypotheses(pack, faults))
        called = {**places.called, **lists.called}
        windows += [
            replace(window, names=called, hypotheses=_listing(window, listing)) for window in told
        ]
        hypotheses += listing
    rulebook = assemble_rulebook(rules, windows)
    sources = compile_sources((pack.pack.sources for pack in packs), hypotheses)
    return replace(rulebook, hypotheses=tuple(hypotheses), sources=sources), tuple(faults)


def _hypotheses(pack: PackDocuments, faults: list[RuleFault]) -> Iterator[WatchedHypothesis]:
    """Of every hypothesis but those whose name was taken; an unknown indicator never shows."""
    faults += hypothesis_refusals(pack)
    taken = {one.document.name for one in pack.rules}
    for one in pack.hypotheses:
        if one.document.name not in taken:
            taken.add(one.document.name)
            yield compile_hypothesis(one.document, pack.name)


def _listing(window: WindowRule, hypotheses: Iterable[WatchedHypothesis]) -> tuple[str, ...]:
    return tuple(one.name for one in hypotheses if window.name in one.by_rule)


def _heads(pack: Pack) -> Heads:
    return DEFAULT if pack.organisation_heads is None else heads_of(pack.organisation_heads)


def _compiled(
    pack: str,
    rules: Iterable[LocatedDocument[RuleDocument]],
    lists: Lists,
    faults: list[RuleFault],
) -> Iterator[CompiledRule]:
    for one in rules:
        if not isinstance(one.document, DetectionRule):
            continue
        predicate, refusals = compile_detection(one.document.detection, lists)
        faults += [one.origin.fault(refused) for refused in refusals]
        if predicate is not None:
            yield CompiledRule(pack, one.document.name, predicate)


def _windows(
    pack: PackDocuments,
    rules: Rules,
    good: frozenset[str],
    faults: list[RuleFault],
) -> Iterator[WindowRule]:
    """Of every rule that alerts: a correlation, and a detection that only itself speaks for."""
    known = {one.document.name: one.document for one in rules}
    speaking = alerting_detections(known.values())
    indicators = {one.rule for told in pack.hypotheses for one in told.document.indicators}
    # an indicator that only feeds other rules has windows all the same, for its hypothesis to hear
    alerting = good & (speaking | indicators)
    silent = silent_correlations(known.values()) | (good - speaking)
    lists = {one.document.name for one in pack.lists}
    ordered, circles = bases_first(rules)
    faults += circles
    built: dict[str, WindowRule] = {}
    for one in ordered:
        name = one.document.name
        if isinstance(one.document, DetectionRule) and name not in alerting:
            continue
        try:
            refuse_references(one.document, known, good | built.keys())
            refuse_sides(one.document, lists)
            built[name] = _over(_window(pack, one.document), built, announces=name not in silent)
        except InvalidField as refused:
            faults.append(one.origin.fault(refused))
        except NotSupported as error:
            place = tuple(error.field.split("."))
            faults.append(one.origin.fault(InvalidField(place, error.message)))
    yield from built.values()


def _over(rule: WindowRule, built: Mapping[str, WindowRule], *, announces: bool) -> WindowRule:
    """The rule as one over others: their episodes may be told as late as they look back."""
    below = [built[name] for name in rule.bases if name in built and built[name].type is not None]
    told = sum((base.timespan + base.max_lateness for base in below), NO_TIME)
    return replace(rule, max_lateness=max(rule.max_lateness, told), announces=announces)


def _window(pack: PackDocuments, document: RuleDocument) -> WindowRule:
    defaults = pack.pack.defaults
    if isinstance(document, CorrelationRule):
        return compile_correlation_window(document, pack.name, defaults=defaults)
    return compile_detection_window(document, pack.name, defaults=defaults)
