"""Cases of rules with events that the reader is taken to suspect."""

from typing import Any

from schemas.rule import RuleTest
from services.matcher.domain.backtest.cases import Case, find_differences
from tests.matcher.rules import detecting, rulebook

BOOK = rulebook(
    detecting(
        "fire",
        "said or (like and base)",
        said={"words|phrase": "shelled"},
        like={"words|means": "fire"},
        base={"words|phrase": "base"},
        group_by=["place"],
    )
)
POUNDED = {"at": "1h", "text": "Somebody pounded the base.", "place": "Taji"}
SHELLED = {"at": "2h", "text": "They shelled the base.", "place": "Taji"}
DOUBTED = POUNDED | {"suspected": ["fire"]}
SUSPECTED = {"fires": "fire", "suspected": True, "level": "low", "at": "1h"}
CONFIRMED = {"fires": "fire", "suspected": False, "level": "medium", "at": "2h", "count": 1}


def run_case(expect: Any, *events: dict[str, Any]) -> tuple[str, ...]:
    case = {"name": "case", "events": list(events), "expect": expect}
    return find_differences(BOOK, Case("pack", ("fire",), RuleTest.model_validate(case)))


def test_what_is_suspected_may_be_expected() -> None:
    assert run_case([SUSPECTED], DOUBTED) == ()
    assert run_case("silent", POUNDED) == ()


def test_words_confirm_it() -> None:
    assert run_case([CONFIRMED], DOUBTED, SHELLED) == ()


def test_a_case_that_expects_no_suspicion_says_so() -> None:
    (difference,) = run_case([{"fires": "fire", "suspected": False}], DOUBTED)

    assert "suspected False, not True" in difference


def test_what_cannot_be_suspected_is_a_difference() -> None:
    ungated = DOUBTED | {"text": "Somebody pounded the village."}
    found = SHELLED | {"suspected": ["fire"]}

    for event in (ungated, found, DOUBTED | {"suspected": ["other"]}):
        lines = run_case([{"fires": "fire"}], event)
        assert "cannot be suspected of" in lines[0]
