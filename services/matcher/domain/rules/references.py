"""References between the documents of a pack: each name exists, and exists once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from schemas.hypothesis import Hypothesis
from schemas.rule import Condition, Correlation, CorrelationRule, DetectionRule, RuleDocument
from services.document_faults import DocumentFault, FieldPath, InvalidField, suggest_name
from services.matcher.domain.detection.fields import kind_of
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments

R = TypeVar("R", bound=RuleDocument)

Rules = tuple[LocatedDocument[RuleDocument], ...]


def unique_rules(
    rules: Iterable[LocatedDocument[RuleDocument]],
) -> tuple[Rules, tuple[DocumentFault, ...]]:
    """The first rule of each name, and a fault for each other one."""
    first: dict[str, LocatedDocument[RuleDocument]] = {}
    faults = []
    for rule in rules:
        known = first.setdefault(rule.document.name, rule)
        if known is not rule:
            message = f"there is another rule {rule.document.name!r} in {known.origin.file}"
            faults.append(rule.origin.fault(InvalidField(("name",), message)))
    return tuple(first.values()), tuple(faults)


def alerting_detections(rules: Iterable[RuleDocument]) -> frozenset[str]:
    """The detection rules that no correlation counts, or that one counts with `generate`."""
    rules = tuple(rules)
    sections = [rule.correlation for rule in rules if isinstance(rule, CorrelationRule)]
    used = {name for section in sections for name in section.rules}
    generated = {name for section in sections if section.generate for name in section.rules}
    named = {rule.name for rule in rules if isinstance(rule, DetectionRule)}
    return frozenset((named - used) | (named & generated))


def sort_by_bases(rules: Rules) -> tuple[Rules, tuple[DocumentFault, ...]]:
    """The rules, each after its base rules, without cycles; a fault for each rule in a cycle."""
    by_name = {rule.document.name: rule for rule in rules}
    faults: list[DocumentFault] = []
    while True:
        try:
            return tuple(by_name[name] for name in _order(by_name)), tuple(faults)
        except CycleError as error:
            cycle: list[str] = error.args[1]
            fault = InvalidField(
                ("correlation", "rules"), f"it counts itself: {' → '.join(reversed(cycle))}"
            )
            faults += [by_name.pop(name).origin.fault(fault) for name in set(cycle)]


def _order(rules: Mapping[str, LocatedDocument[RuleDocument]]) -> Iterable[str]:
    graph = {name: _bases(rule.document) & rules.keys() for name, rule in rules.items()}
    return TopologicalSorter(graph).static_order()


def _bases(document: RuleDocument) -> set[str]:
    return set(document.correlation.rules) if isinstance(document, CorrelationRule) else set()


def counted_correlations(rules: Iterable[RuleDocument]) -> frozenset[str]:
    """The correlations whose alerts others count."""
    correlations = [rule for rule in rules if isinstance(rule, CorrelationRule)]
    used = {name for rule in correlations for name in rule.correlation.rules}
    return frozenset(used & {rule.name for rule in correlations})


def silent_correlations(rules: Iterable[RuleDocument]) -> frozenset[str]:
    """The correlations that others count, none of them with `generate`."""
    sections = [rule.correlation for rule in rules if isinstance(rule, CorrelationRule)]
    used = {name for section in sections for name in section.rules}
    generated = {name for section in sections if section.generate for name in section.rules}
    return frozenset(used - generated)


def refuse_references(
    document: RuleDocument, known: Mapping[str, RuleDocument], good: Collection[str]
) -> None:
    """Check every rule and field that `document` names.

    Raises:
        InvalidField: one is unknown, or a base rule has a fault.
    """
    if isinstance(document, DetectionRule):
        for index, field in enumerate(document.group_by or ()):
            kind_of(field, ("group-by", index))
        return
    section = document.correlation
    for index, name in enumerate(section.rules):
        _refuse_base(name, known, good, ("correlation", "rules", index))
    for index, field in enumerate(section.group_by):
        if field not in section.aliases:
            kind_of(field, ("correlation", "group-by", index))
    _refuse_fields(section, known)


def _refuse_fields(section: Correlation, known: Mapping[str, RuleDocument]) -> None:
    for alias, meant in section.aliases.items():
        _refuse_alias(section, alias, meant)
    counted = None if isinstance(section.condition, str) else section.condition
    if counted and counted.field in section.aliases:
        return
    if counted and counted.field and not _counts_alerts(section.rules, known):
        kind_of(counted.field, ("correlation", "condition", "field"))
    for key in ("field", "by"):
        if (named := getattr(section, key)) is not None:
            kind_of(named, ("correlation", key))


def _refuse_alias(section: Correlation, alias: str, meant: Mapping[str, str]) -> None:
    path = ("correlation", "aliases", alias)
    counted = section.condition.field if isinstance(section.condition, Condition) else None
    if alias not in {*section.group_by, counted}:
        hint = "name it in group-by or condition.field, or leave it out"
        raise InvalidField(path, "nothing groups or counts by it", hint)
    for rule in section.rules:
        if rule not in meant:
            raise InvalidField(path, f"it does not say which field {alias} is for {rule}")
    for rule, field in meant.items():
        if rule not in section.rules:
            hint = suggest_name(rule, section.rules) or "leave it out"
            raise InvalidField((*path, rule), "the correlation has no such rule", hint)
        kind_of(field, (*path, rule))


def refuse_sides(document: RuleDocument, lists: Collection[str]) -> None:
    """Check the lists between which a correlation compares.

    Raises:
        InvalidField: the pack has no such list.
    """
    if not isinstance(document, CorrelationRule):
        return
    for index, name in enumerate(document.correlation.between or ()):
        if name not in lists:
            path = ("correlation", "between", index)
            hint = suggest_name(name, lists)
            raise InvalidField(path, f"this pack has no list {name!r}", hint, name)


def _counts_alerts(names: Iterable[str], known: Mapping[str, RuleDocument]) -> bool:
    """Whether all hits are alerts: what they hold is known by the rules below alone."""
    return all(isinstance(known.get(name), CorrelationRule) for name in names)


def _refuse_base(
    name: str, known: Mapping[str, RuleDocument], good: Collection[str], path: FieldPath
) -> None:
    if name not in known:
        hint = suggest_name(name, known)
        raise InvalidField(path, f"this pack has no rule {name!r}", hint, name)
    if name not in good:
        message = f"{name} is at fault, so this rule is left out too"
        raise InvalidField(path, message, lacks=name)


def list_hypothesis_faults(pack: PackDocuments) -> Iterator[DocumentFault]:
    """Hypotheses whose name is taken, and indicators that are no rule of the pack."""
    rules = {rule.document.name for rule in pack.rules}
    names = {each.document.name: each.document for each in pack.hypotheses}
    seen: set[str] = set()
    for located in pack.hypotheses:
        hypothesis = located.document
        yield from map(located.origin.fault, _hypothesis_errors(hypothesis, rules, seen))
        yield from map(located.origin.fault, _alternative_errors(hypothesis, names))
        seen.add(hypothesis.name)


def list_floor_faults(pack: PackDocuments) -> Iterator[DocumentFault]:
    """Floors of rules that the pack does not have: nothing would ever measure them."""
    rules = {rule.document.name for rule in pack.rules}
    for index, floor in enumerate(pack.pack.floors):
        if floor.rule is not None and floor.rule not in rules:
            hint = suggest_name(floor.rule, rules)
            message = f"this pack has no rule {floor.rule!r}"
            error = InvalidField(("floors", index, "rule"), message, hint, floor.rule)
            yield pack.origin.fault(error)


def _hypothesis_errors(
    hypothesis: Hypothesis, rules: Collection[str], seen: Collection[str]
) -> Iterator[InvalidField]:
    if hypothesis.name in rules:
        yield InvalidField(("name",), f"a rule of this pack has the name {hypothesis.name!r}")
    if hypothesis.name in seen:
        yield InvalidField(("name",), f"there is another hypothesis {hypothesis.name!r}")
    for path, name in _named_rules(hypothesis):
        if name not in rules:
            hint = suggest_name(name, rules)
            yield InvalidField(path, f"this pack has no rule {name!r}", hint, name)


def _alternative_errors(
    hypothesis: Hypothesis, known: Mapping[str, Hypothesis]
) -> Iterator[InvalidField]:
    name, path = hypothesis.alternative_of, ("alternative_of",)
    if name is not None and name not in known:
        hint = suggest_name(name, known)
        yield InvalidField(path, f"this pack has no hypothesis {name!r}", hint)
    elif name == hypothesis.name:
        yield InvalidField(path, "it is no alternative of itself")
    elif name is not None and known[name].alternative_of is not None:
        yield InvalidField(
            path, f"{name} is an alternative itself, of {known[name].alternative_of}"
        )


def _named_rules(hypothesis: Hypothesis) -> Iterator[tuple[FieldPath, str]]:
    for index, indicator in enumerate(hypothesis.indicators):
        yield ("indicators", index, "rule"), indicator.rule
    for index, observed in enumerate(hypothesis.observed):
        yield ("observed", index, "rule"), observed.rule
