"""What the documents of a pack say of one another: names that must be there, and only once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from schemas.hypothesis import Hypothesis
from schemas.rule import Correlation, CorrelationRule, DetectionRule, RuleDocument
from services.matcher.domain.detection.fields import kind_of
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.packs.faults import FieldPath, InvalidField, RuleFault, suggest_name

R = TypeVar("R", bound=RuleDocument)

Rules = tuple[LocatedDocument[RuleDocument], ...]


def unique_rules(
    rules: Iterable[LocatedDocument[RuleDocument]],
) -> tuple[Rules, tuple[RuleFault, ...]]:
    """The rules but those whose name another had before, and a fault for each of these."""
    first: dict[str, LocatedDocument[RuleDocument]] = {}
    faults = []
    for one in rules:
        known = first.setdefault(one.document.name, one)
        if known is not one:
            said = f"there is another rule {one.document.name!r} in {known.origin.file}"
            faults.append(one.origin.fault(InvalidField(("name",), said)))
    return tuple(first.values()), tuple(faults)


def alerting_detections(rules: Iterable[RuleDocument]) -> frozenset[str]:
    """The names that no correlation uses, or that one uses with `generate`."""
    rules = tuple(rules)
    sections = [rule.correlation for rule in rules if isinstance(rule, CorrelationRule)]
    used = {name for section in sections for name in section.rules}
    generated = {name for section in sections if section.generate for name in section.rules}
    named = {rule.name for rule in rules if isinstance(rule, DetectionRule)}
    return frozenset((named - used) | (named & generated))


def bases_first(rules: Rules) -> tuple[Rules, tuple[RuleFault, ...]]:
    """The rules, each after those that it counts; a fault for each that ends in counting itself."""
    named = {one.document.name: one for one in rules}
    order: TopologicalSorter[str] = TopologicalSorter(
        {name: _counted(one.document) & named.keys() for name, one in named.items()}
    )
    try:
        return tuple(named[name] for name in order.static_order()), ()
    except CycleError as error:
        circle: list[str] = error.args[1]
        path = ("correlation", "rules")
        said = f"it counts itself: {' → '.join(reversed(circle))}"
        faults = tuple(named[name].origin.fault(InvalidField(path, said)) for name in set(circle))
        rest, others = bases_first(tuple(one for one in rules if one.document.name not in circle))
        return rest, (*faults, *others)


def _counted(document: RuleDocument) -> set[str]:
    return set(document.correlation.rules) if isinstance(document, CorrelationRule) else set()


def silent_correlations(rules: Iterable[RuleDocument]) -> frozenset[str]:
    """The correlations that others count and none of them lets alert by itself (`generate`)."""
    sections = [rule.correlation for rule in rules if isinstance(rule, CorrelationRule)]
    used = {name for section in sections for name in section.rules}
    generated = {name for section in sections if section.generate for name in section.rules}
    return frozenset(used - generated)


def refuse_references(
    document: RuleDocument, known: Mapping[str, RuleDocument], good: Collection[str]
) -> None:
    """Look up every rule and field that `document` names.

    Raises:
        InvalidField: one is unknown, at fault, or not supported.
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
    for rule in section.rules:
        if rule not in meant:
            path = ("correlation", "aliases", alias)
            raise InvalidField(path, f"it does not say which field {alias} is for {rule}")
    for rule, field in meant.items():
        kind_of(field, ("correlation", "aliases", alias, rule))


def refuse_sides(document: RuleDocument, lists: Collection[str]) -> None:
    """Look up the lists between which a correlation compares.

    Raises:
        InvalidField: the pack has no such list.
    """
    if not isinstance(document, CorrelationRule):
        return
    for index, name in enumerate(document.correlation.between or ()):
        if name not in lists:
            path = ("correlation", "between", index)
            raise InvalidField(path, f"this pack has no list {name!r}", suggest_name(name, lists))


def _counts_alerts(names: Iterable[str], known: Mapping[str, RuleDocument]) -> bool:
    return any(isinstance(known.get(name), CorrelationRule) for name in names)


def _refuse_base(
    name: str, known: Mapping[str, RuleDocument], good: Collection[str], path: FieldPath
) -> None:
    if name not in known:
        raise InvalidField(path, f"this pack has no rule {name!r}", suggest_name(name, known))
    if name not in good:
        raise InvalidField(path, f"{name} is at fault, so this rule is left out too")


def hypothesis_refusals(pack: PackDocuments) -> Iterator[RuleFault]:
    """Hypotheses named twice, and indicators that are no rule of the pack."""
    rules = {one.document.name for one in pack.rules}
    seen: set[str] = set()
    for one in pack.hypotheses:
        if one.document.name in rules:
            said = f"a rule of this pack has the name {one.document.name!r}"
            yield one.origin.fault(InvalidField(("name",), said))
        if one.document.name in seen:
            said = f"there is another hypothesis {one.document.name!r}"
            yield one.origin.fault(InvalidField(("name",), said))
        seen.add(one.document.name)
        for path, name in _named_rules(one.document):
            if name not in rules:
                refused = InvalidField(
                    path, f"this pack has no rule {name!r}", suggest_name(name, rules)
                )
                yield one.origin.fault(refused)


def _named_rules(hypothesis: Hypothesis) -> Iterator[tuple[FieldPath, str]]:
    for index, indicator in enumerate(hypothesis.indicators):
        yield ("indicators", index, "rule"), indicator.rule
    for index, observed in enumerate(hypothesis.observed):
        yield ("observed", index, "rule"), observed.rule
