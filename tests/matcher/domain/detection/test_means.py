"""`means`: the matcher takes it as false, and a word, a list or a field stands beside it."""

from typing import Any

import pytest

from services.matcher.domain.detection.means_tests import Meaning, means_tests
from services.matcher.domain.rules.matching import match_event
from tests.matcher.rules import compiled, detecting, report, rulebook

BESIDE = {"words|phrase": "rockets"}
LIKE: dict[str, Any] = {"like": {"words|means": "rocket_fire", **BESIDE}}


def test_words_alone_decide_in_streams() -> None:
    rule = detecting("fire", "said or like", said={"words|phrase": "shelled"}, **LIKE)
    book = rulebook(rule)
    assert [match.rule.name for match in match_event(book, report("They shelled it."))] == ["fire"]
    assert match_event(book, report("Rockets came down.")) == ()


def test_a_rule_of_meanings_alone_is_asked_of_no_report_in_streams() -> None:
    book = rulebook(detecting("fire", "like", **LIKE))
    assert list(book.packs[0].costly()) == []
    assert match_event(book, report("Rockets came down.")) == ()


def test_what_stands_beside_a_meaning_does_not_widen_the_index_of_words() -> None:
    words = detecting("fire", "said", said={"words|phrase": "shelled"})
    both = detecting("fire", "said or like", said={"words|phrase": "shelled"}, **LIKE)
    assert rulebook(both).packs[0].index == rulebook(words).packs[0].index


@pytest.mark.parametrize(
    "condition",
    ["like", "said or like", "like and not said", "said or (like and not other)", "like and twin"],
)
def test_a_meaning_alone_is_refused(condition: str) -> None:
    rule = detecting(
        "fire",
        condition,
        like={"words|means": "rocket_fire"},
        twin={"words|means": "shelling"},
        said={"words|phrase": "shelled"},
        other={"words|phrase": "drill"},
    )
    _, (fault,) = compiled(rule)
    assert "means stands alone" in str(fault)
    assert "like and groups" in fault.hint


@pytest.mark.parametrize(
    "condition", ["like and said", "said or (like and other)", "like and (said or other)"]
)
def test_a_word_beside_a_meaning_is_a_gate(condition: str) -> None:
    rule = detecting(
        "fire",
        condition,
        like={"words|means": "rocket_fire"},
        said={"words|phrase": "shelled"},
        other={"country": "IQ"},
    )
    assert compiled(rule)[1] == ()


def test_a_meaning_silences_nothing() -> None:
    rule = detecting("fire", "said and not like", said={"words|phrase": "shelled"}, **LIKE)
    _, (fault,) = compiled(rule)
    assert "cannot stand under not" in str(fault)
    assert fault.field == "detection.condition"


def test_a_meaning_of_a_field_without_sentences_is_refused() -> None:
    _, (fault,) = compiled(
        detecting("fire", like={"country|means": "rocket_fire", **BESIDE}, condition="like")
    )
    assert "means reads sentences" in str(fault)


@pytest.mark.parametrize(
    "value",
    [
        {"unlike": ["A drill."]},
        {"like": []},
        {"like": "Rockets fell."},
        {"like": [3]},
        {"like": ["Rockets fell."], "near": ["x"]},
        {},
        17,
        "",
    ],
)
def test_a_meaning_that_is_none_is_refused_at_its_place(value: object) -> None:
    _, (fault,) = compiled(
        detecting("fire", like={"words|means": value, **BESIDE}, condition="like")
    )
    assert fault.field.startswith("detection.like.words|means")


def test_examples_of_a_rule_are_a_meaning_of_their_own() -> None:
    examples = {"like": ["Rockets fell."], "unlike": ["Rockets were found."]}
    rule = detecting("fire", like={"words|means|any": examples, **BESIDE}, condition="like")
    (compiled_rule,) = rulebook(rule).packs[0].rules
    assert compiled_rule.suspicion is not None
    (test,) = means_tests(compiled_rule.suspicion)
    assert test.meaning == Meaning(like=("Rockets fell.",), unlike=("Rockets were found.",))
    assert not test.asserted


def test_meanings_of_other_examples_have_other_keys() -> None:
    keys = {Meaning(like=("one",)).key, Meaning(like=("two",)).key, Meaning("one").key}
    assert len(keys) == 3
