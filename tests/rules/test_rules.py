"""Every rule file of this checkout: no faults, and every test inside it passes."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from services.matcher.adapters.rules.rule_files import RuleFiles, read_rule_files
from services.matcher.domain.backtest.cases import Case, run_case
from services.matcher.domain.backtest.coverage import find_coverage_faults, list_cases
from services.matcher.domain.rules.rulebook import Rulebook

RULES = Path(__file__).parents[2] / "rules"


@cache
def rule_files() -> RuleFiles:
    return read_rule_files(RULES)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    book, _ = rule_files().rulebook()
    return book


def cases() -> Iterator[object]:
    for pack in rule_files().packs:
        for rule, case in list_cases(pack):
            yield pytest.param(case, id=f"{pack.name}: {rule.document.name}: {case.test.name}")


@pytest.mark.parametrize("case", list(cases()))
def test_the_case_holds(rulebook: Rulebook, case: Case) -> None:
    differences = run_case(rulebook, case).differences  # in a name: else pytest prints the rulebook

    assert differences == ()


def test_no_rule_file_has_a_fault() -> None:
    files = rule_files()

    _, faults = files.rulebook()
    lacking = [fault for pack in files.packs for fault in find_coverage_faults(pack)]

    assert [str(fault) for fault in (*faults, *lacking)] == []
