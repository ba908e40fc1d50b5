"""What of a detection rule no case meets."""

from typing import Any

from schemas.rule import DetectionRule
from services.matcher.domain.review.case_coverage import find_unmet
from tests.matcher.rules import detecting, pack_of, rulebook

SELECTIONS = {
    "fire": {"words|phrase": ["rockets", "mortar"]},
    "sport": {"words|phrase": "houston"},
    "place": {"country": "IQ"},
}
CONDITION = "fire and place and not sport"


def list_unmet(*events: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The parts of a rule that none of the events meets, each being a case of it."""
    plain = detecting("rule", CONDITION, **SELECTIONS).model_dump(by_alias=True)
    tests = [
        {"name": str(number), "events": [{"at": "0h", **event}], "expect": "silent"}
        for number, event in enumerate(events)
    ]
    rule = DetectionRule.model_validate(plain | {"tests": tests})
    return [(part.selection, part.value) for part in find_unmet([pack_of(rule)], rulebook(rule))]


def test_a_selection_is_met_by_any_case_of_the_file() -> None:
    events = ({"text": "Rockets and a mortar."}, {"text": "Houston.", "country": "IQ"})

    assert list_unmet(*events) == []


def test_a_selection_that_no_case_meets_is_told_once() -> None:
    assert list_unmet({"text": "Rockets, mortar.", "country": "IQ"}) == [("sport", None)]


def test_of_a_selection_that_is_met_the_phrases_that_are_not_are_told() -> None:
    unmet = list_unmet({"text": "A mortar.", "country": "IQ"}, {"text": "Houston"})

    assert unmet == [("fire", "words|phrase: rockets")]


def test_without_a_case_nothing_is_met() -> None:
    assert list_unmet() == [("fire", None), ("sport", None), ("place", None)]
