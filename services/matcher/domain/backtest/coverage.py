"""The cases of a pack, and the rules without a firing or without a silent case."""

from collections.abc import Iterator

from schemas.rule import RuleDocument
from services.matcher.domain.backtest.cases import Case, InvalidCase, build_events
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.packs.faults import InvalidField, RuleFault, suggest_name
from services.matcher.domain.rules.references import alerting_detections


def list_cases(pack: PackDocuments) -> Iterator[tuple[LocatedDocument[RuleDocument], Case]]:
    """Every case of a pack, with the rule that has it.

    A silent case is about that rule; if other rules only use the rule, about all rules of its file.
    """
    alerting = _alerting_names(pack)
    for rule in pack.rules:
        document = rule.document
        rules = (document.name,) if document.name in alerting else _rules_of_file(pack, rule)
        for test in document.tests:
            yield rule, Case(pack.name, rules, test)


def find_coverage_faults(pack: PackDocuments) -> Iterator[RuleFault]:
    """Malformed events, expected rules that never alert, and rules without both kinds of case."""
    alerting = _alerting_names(pack)
    for rule in pack.rules:
        for index in range(len(rule.document.tests)):
            yield from _find_case_faults(rule, index, alerting)
        if rule.document.name in alerting:
            yield from _find_missing_cases(pack, rule)


def _alerting_names(pack: PackDocuments) -> frozenset[str]:
    correlations = frozenset(rule.document.name for rule in pack.correlations())
    hypotheses = frozenset(each.document.name for each in pack.hypotheses)
    return correlations | hypotheses | alerting_detections(rule.document for rule in pack.rules)


def _rules_of_file(pack: PackDocuments, rule: LocatedDocument[RuleDocument]) -> tuple[str, ...]:
    file = rule.origin.file
    return tuple(other.document.name for other in pack.rules if other.origin.file == file)


def _find_case_faults(
    rule: LocatedDocument[RuleDocument], index: int, alerting: frozenset[str]
) -> Iterator[RuleFault]:
    test = rule.document.tests[index]
    try:
        build_events(test)
    except InvalidCase as error:
        yield rule.origin.fault(
            InvalidField(("tests", index, "events", error.index), error.message)
        )
    for number, expected in enumerate(() if isinstance(test.expect, str) else test.expect):
        if expected.fires not in alerting:
            path = ("tests", index, "expect", number, "fires")
            message = f"no rule of this pack alerts as {expected.fires!r}"
            yield rule.origin.fault(
                InvalidField(path, message, suggest_name(expected.fires, alerting))
            )


def _find_missing_cases(
    pack: PackDocuments, rule: LocatedDocument[RuleDocument]
) -> Iterator[RuleFault]:
    name, file = rule.document.name, rule.origin.file
    in_file = (other.document for other in pack.rules if other.origin.file == file)
    tests = [test for document in in_file for test in document.tests]
    fires = any(
        expected.fires == name
        for test in tests
        if not isinstance(test.expect, str)
        for expected in test.expect
    )
    if not fires:
        yield rule.origin.fault(InvalidField(("tests",), f"no case in which {name} fires"))
    if not any(test.silent for test in tests):
        yield rule.origin.fault(InvalidField(("tests",), f"no case in which {name} stays silent"))
