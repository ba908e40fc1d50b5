"""The reference of modifiers: one section each, with a rule whose cases pass."""

from pathlib import Path

import pytest

from cli.rule_modifiers.reference import ALIASES, MEANINGS, read_example, write_reference
from cli.rule_set import list_faults, run_cases
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.detection.modifiers import MODIFIERS

ROOT = Path(__file__).parents[2]


def test_every_modifier_has_its_section() -> None:
    assert set(MEANINGS) | set(ALIASES) == set(MODIFIERS)
    assert set(ALIASES.values()) <= set(MEANINGS)


@pytest.mark.parametrize("name", MEANINGS)
def test_the_rule_of_a_modifier_has_it(name: str) -> None:
    assert f"|{name}" in read_example(name)


def test_the_cases_of_all_of_them_pass() -> None:
    files = read_rule_files(ROOT / "cli" / "rule_modifiers")
    rulebook, faults = files.rulebook()

    outcomes = dict(run_cases(files, rulebook, faults))

    assert list_faults(files, rulebook, faults) == []
    assert len(outcomes) == 2 * len(MEANINGS)
    assert [name for name, outcome in outcomes.items() if outcome.differences] == []


def test_the_page_is_current() -> None:
    page = (ROOT / "docs" / "modifiers.md").read_text(encoding="utf-8")

    assert page == write_reference(), "run `make generate`"
