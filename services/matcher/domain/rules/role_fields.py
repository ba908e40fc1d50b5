"""Rules that count or group by `doers` and `undergoers`: their base rules must find them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.rule import CorrelationRule, DetectionRule, RuleDocument
from services.document_faults import FieldPath, InvalidField
from services.matcher.domain.detection.fields import ROLES
from services.matcher.domain.rules.rulebook import CompiledRule

_PART = {"doers": "'%members% > %verb%'", "undergoers": "'%verb% > %members%'"}


@dataclass(frozen=True, slots=True)
class _FieldUse:
    """A field that a rule counts or groups by: its path, and which it is of each base rule."""

    path: FieldPath
    by_rule: Mapping[str, str]
    groups: bool


def refuse_roles(document: RuleDocument, rules: Mapping[str, CompiledRule]) -> None:
    """Check every use of `doers` and `undergoers`, given the detection rules by name.

    Groups are comparable only where the members are those of one list.

    Raises:
        InvalidField: a base rule finds none, or those that are grouped by are of several lists.
    """
    for use in _uses(document):
        lists: set[str] = set()
        for name, field in use.by_rule.items():
            if field in ROLES and name in rules:
                lists |= _role_lists(rules[name], field, use.path)
        if use.groups and len(lists) > 1:
            message = f"groups are of one list, not of {' and '.join(sorted(lists))}"
            raise InvalidField(use.path, message, "name one list in the parts of all base rules")


def _role_lists(rule: CompiledRule, field: str, path: FieldPath) -> set[str]:
    lists = {name for test in rule.positive_tests for name in test.role_lists(field)}
    if not lists:
        message = f"no says of {rule.name} finds {field}"
        raise InvalidField(path, message, f"write a part {_PART[field]} in it")
    return lists


def _uses(document: RuleDocument) -> Iterator[_FieldUse]:
    if isinstance(document, DetectionRule):
        for index, field in enumerate(document.group_by or ()):
            yield _FieldUse(("group-by", index), {document.name: field}, groups=True)
    else:
        yield from _uses_of_correlation(document)


def _uses_of_correlation(document: CorrelationRule) -> Iterator[_FieldUse]:
    section = document.correlation
    for index, field in enumerate(section.group_by):
        by_rule = section.aliases.get(field) or dict.fromkeys(section.rules, field)
        yield _FieldUse(("correlation", "group-by", index), by_rule, groups=True)
    condition = None if isinstance(section.condition, str) else section.condition
    counted: list[tuple[FieldPath, str | None]] = [
        (("correlation", "field"), section.field),
        (("correlation", "by"), section.by),
        (("correlation", "condition", "field"), condition.field if condition else None),
    ]
    for path, name in counted:
        if name is not None:
            by_rule = section.aliases.get(name) or dict.fromkeys(section.rules, name)
            yield _FieldUse(path, by_rule, groups=False)
