"""An event brings up the rules whose prefilter it passes, and no others."""

import pytest

from schemas.event import Event
from schemas.rule import NamedList
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import PROXIES, detecting, report, rulebook


def candidates(book: Rulebook, event: Event) -> list[str]:
    return [rule.name for pack, view in view_event(book, event) for rule in pack.candidates(view)]


@pytest.mark.parametrize(
    ("text", "names"),
    [("kornets", []), ("government", []), ("kornets of the government", ["near"])],
)
def test_a_rule_of_two_words_needs_both(text: str, names: list[str]) -> None:
    book = rulebook(detecting("near", selection={"words|phrase": "government kornets ~4"}))

    assert candidates(book, report(text)) == names


def test_a_rule_of_a_word_and_a_choice_of_others_needs_the_word_alone() -> None:
    book = rulebook(
        detecting("rule", "a and b", a={"words|phrase": "kornets"}, b={"words|phrase": ["x", "y"]})
    )

    assert candidates(book, report("kornets and y")) == ["rule"]


def test_a_rule_of_one_value_of_several_fields_is_no_list() -> None:
    ids = [f"unit-{number}" for number in range(20)]
    book = rulebook(
        detecting("rule", "1 of *", a={"id": ids}, b={"attributes.unit": ids}),
    )

    assert candidates(book, report(attributes={"unit": "unit-3"})) == ["rule"]
    assert candidates(book, report(id="unit-3")) == ["rule"]
    assert candidates(book, report(id="else")) == []


@pytest.mark.parametrize(("size", "listed"), [(15, 0), (16, 1)])
def test_a_list_of_sixteen_values_is_one_entry(size: int, listed: int) -> None:
    members = [{"id": f"t{number}", "name": f"Town {number}"} for number in range(size)]
    towns = NamedList.model_validate({"name": "towns", "members": members})
    book = rulebook(
        detecting("any", selection={"entities|expand": "%towns%"}), lists=(PROXIES, towns)
    )

    assert len(book.packs[0].index.by_list) == listed
    assert candidates(book, report("Calm in Town 3")) == ["any"]
    assert candidates(book, report("Calm in the city")) == []
