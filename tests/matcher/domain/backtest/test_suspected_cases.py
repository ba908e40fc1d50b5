"""Cases of rules with events that the reader is taken to suspect."""

from typing import Any

from schemas.rule import RuleTest
from services.matcher.domain.backtest.cases import Case, run_case
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


def differences_of(expect: Any, *events: dict[str, Any]) -> tuple[str, ...]:
    case = {"name": "case", "events": list(events), "expect": expect}
    return run_case(BOOK, Case("pack", ("fire",), RuleTest.model_validate(case))).differences


def test_what_is_suspected_may_be_expected() -> None:
    assert differences_of([SUSPECTED], DOUBTED) == ()
    assert differences_of("silent", POUNDED) == ()


def test_words_confirm_it() -> None:
    assert differences_of([CONFIRMED], DOUBTED, SHELLED) == ()


def test_a_case_that_expects_no_suspicion_says_so() -> None:
    (difference,) = differences_of([{"fires": "fire", "suspected": False}], DOUBTED)

    assert "suspected False, not True" in difference


def test_what_cannot_be_suspected_is_a_difference() -> None:
    ungated = DOUBTED | {"text": "Somebody pounded the village."}
    found = SHELLED | {"suspected": ["fire"]}

    for event in (ungated, found, DOUBTED | {"suspected": ["other"]}):
        lines = differences_of([{"fires": "fire"}], event)
        assert "cannot be suspected of" in lines[0]
