"""The cases of a pack, and the rules without a firing or without a silent case."""

from collections.abc import Iterable, Iterator, Mapping

from schemas.rule import RuleDocument
from services.document_faults import DocumentFault, InvalidField, suggest_name
from services.matcher.domain.backtest.cases import Case, InvalidCase, build_events
from services.matcher.domain.backtest.name_cases import find_name_faults
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.references import alerting_detections, silent_correlations


def list_cases(pack: PackDocuments) -> Iterator[tuple[LocatedDocument[RuleDocument], Case]]:
    """Every case of a pack, with the rule that has it.

    A silent case is about that rule; if other rules only use the rule, about all rules of its file.
    """
    alerting = alerting_names(pack)
    by_file = {
        file: tuple(document.name for document in documents)
        for file, documents in _documents_by_file(pack).items()
    }
    for rule in pack.rules:
        document = rule.document
        rules = (document.name,) if document.name in alerting else by_file[rule.origin.file]
        for test in document.tests:
            yield rule, Case(pack.name, rules, test)


def find_coverage_faults(pack: PackDocuments) -> Iterator[DocumentFault]:
    """Malformed events, expected rules that never alert, and rules without both kinds of case.

    Cases of lists that do not hold are faults too.
    """
    yield from find_name_faults(pack)
    alerting = alerting_names(pack)
    coverage = {file: _Coverage(documents) for file, documents in _documents_by_file(pack).items()}
    for rule in pack.rules:
        for index in range(len(rule.document.tests)):
            yield from _find_case_faults(pack, rule, index, alerting)
        if rule.document.name in alerting:
            yield from coverage[rule.origin.file].find_faults(rule)


def alerting_names(pack: PackDocuments) -> frozenset[str]:
    """The names under which the rules and hypotheses of a pack alert."""
    documents = [rule.document for rule in pack.rules]
    correlations = frozenset(rule.document.name for rule in pack.correlations())
    hypotheses = frozenset(each.document.name for each in pack.hypotheses)
    alerting = correlations - silent_correlations(documents)
    return alerting | hypotheses | alerting_detections(documents)


def _documents_by_file(pack: PackDocuments) -> Mapping[str, list[RuleDocument]]:
    by_file: dict[str, list[RuleDocument]] = {}
    for rule in pack.rules:
        by_file.setdefault(rule.origin.file, []).append(rule.document)
    return by_file


def explain_silence(pack: PackDocuments, name: str, alerting: frozenset[str]) -> str:
    """Why no alert has `name`: the rule that counts it alerts instead, or it is misspelled."""
    counting = (rule.document for rule in pack.correlations())
    counts = next((rule.name for rule in counting if name in rule.correlation.rules), None)
    if counts is None:
        return suggest_name(name, alerting)
    return f"{counts} counts it and alerts instead, unless it says generate: true"


def _find_case_faults(
    pack: PackDocuments,
    rule: LocatedDocument[RuleDocument],
    index: int,
    alerting: frozenset[str],
) -> Iterator[DocumentFault]:
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
            hint = explain_silence(pack, expected.fires, alerting)
            yield rule.origin.fault(InvalidField(path, message, hint, expected.fires))


class _Coverage:
    """What the cases of one file expect."""

    def __init__(self, documents: Iterable[RuleDocument]) -> None:
        tests = [test for document in documents for test in document.tests]
        self._has_silent = any(test.silent for test in tests)
        self._firing = {
            expected.fires
            for test in tests
            if not isinstance(test.expect, str)
            for expected in test.expect
        }

    def find_faults(self, rule: LocatedDocument[RuleDocument]) -> Iterator[DocumentFault]:
        """A fault for each kind of case that the rule lacks, which it names: another may use it."""
        name = rule.document.name
        if name not in self._firing:
            message = f"no case in which {name} fires"
            yield rule.origin.fault(InvalidField(("tests",), message, lacks=name))
        if not self._has_silent:
            message = f"no case in which {name} stays silent"
            yield rule.origin.fault(InvalidField(("tests",), message, lacks=name))
