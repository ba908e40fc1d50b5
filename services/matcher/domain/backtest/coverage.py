"""Which cases a pack has, and which rules lack one that fires or one that stays silent."""

from collections.abc import Iterator

from schemas.rule import RuleDocument
from services.matcher.domain.backtest.cases import Case, InvalidCase, case_events
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.packs.faults import InvalidField, RuleFault, suggest_name
from services.matcher.domain.rules.references import alerting_detections


def cases_of(pack: PackDocuments) -> Iterator[tuple[LocatedDocument[RuleDocument], Case]]:
    """Every case of a pack, with the rule that it stands in.

    Silence is asked of that rule; of one that only feeds others, of all rules in its file.
    """
    alerting = _alerting(pack)
    for one in pack.rules:
        document = one.document
        rules = (document.name,) if document.name in alerting else _beside(pack, one)
        for test in document.tests:
            yield one, Case(pack.name, rules, test)


def coverage_faults(pack: PackDocuments) -> Iterator[RuleFault]:
    """Events that are none, names that no alert has, and rules without both kinds of case."""
    alerting = _alerting(pack)
    for one in pack.rules:
        for index in range(len(one.document.tests)):
            yield from _case_faults(one, index, alerting)
        if one.document.name in alerting:
            yield from _lacking(pack, one)


def _alerting(pack: PackDocuments) -> frozenset[str]:
    correlations = frozenset(one.document.name for one in pack.correlations())
    hypotheses = frozenset(one.document.name for one in pack.hypotheses)
    return correlations | hypotheses | alerting_detections(one.document for one in pack.rules)


def _beside(pack: PackDocuments, one: LocatedDocument[RuleDocument]) -> tuple[str, ...]:
    file = one.origin.file
    return tuple(other.document.name for other in pack.rules if other.origin.file == file)


def _case_faults(
    one: LocatedDocument[RuleDocument], index: int, alerting: frozenset[str]
) -> Iterator[RuleFault]:
    test = one.document.tests[index]
    try:
        case_events(test)
    except InvalidCase as error:
        yield one.origin.fault(InvalidField(("tests", index, "events", error.index), error.message))
    for number, expected in enumerate(() if isinstance(test.expect, str) else test.expect):
        if expected.fires not in alerting:
            place = ("tests", index, "expect", number, "fires")
            said = f"no rule of this pack alerts as {expected.fires!r}"
            yield one.origin.fault(
                InvalidField(place, said, suggest_name(expected.fires, alerting))
            )


def _lacking(pack: PackDocuments, one: LocatedDocument[RuleDocument]) -> Iterator[RuleFault]:
    name, file = one.document.name, one.origin.file
    in_file = (other.document for other in pack.rules if other.origin.file == file)
    tests = [test for document in in_file for test in document.tests]
    fires = any(
        expected.fires == name
        for test in tests
        if not isinstance(test.expect, str)
        for expected in test.expect
    )
    if not fires:
        yield one.origin.fault(InvalidField(("tests",), f"no case in which {name} fires"))
    if not any(test.silent for test in tests):
        yield one.origin.fault(InvalidField(("tests",), f"no case in which {name} stays silent"))
