"""An event brings up the rules whose prefilter it passes, and no others."""

import pytest

from schemas.event import Event
from schemas.rule import NamedList
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.text.scan import ScannedText
from tests.matcher.rules import PROXIES, detecting, report, rulebook, word_list


def candidates(book: Rulebook, event: Event) -> list[str]:
    return [rule.name for pack, view in view_event(book, event) for rule in pack.candidates(view)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kornets", []),
        ("government", []),
        ("kornets of the government", []),
        ("the government has kornets", ["near"]),
    ],
)
def test_a_rule_of_two_words_needs_both_in_order(text: str, names: list[str]) -> None:
    book = rulebook(detecting("near", selection={"words|phrase": "government kornets ~4"}))

    assert candidates(book, report(text)) == names


def test_a_rule_of_two_words_is_not_asked_where_known_words_keep_them_apart() -> None:
    one_word = (detecting(word, selection={"words|phrase": word}) for word in ("a", "b"))
    book = rulebook(
        detecting("near", selection={"words|phrase": "government kornets ~4"}), *one_word
    )

    assert "near" in candidates(book, report("government a b a b kornets"))
    assert "near" not in candidates(book, report("government" + " a b" * 4 + " kornets"))


@pytest.mark.parametrize(
    ("phrase", "text", "asked"),
    [
        ("مسيرة مليونية ~2", "ومسيرة كبيرة جدا مليونية", True),
        ("مسيرة مليونية ~2", "مليونية كبيرة ومسيرة", False),
        ("مسيرة مليونية ~1", "مسيرة كبيرة كبيرة كبيرة مليونية", False),
        ("مسيرة ~1~ مليونية", "مليونية كبيرة ومسيرة", True),
        ("مسيرة ~5 مليونية ~1", "مسيرة كبيرة كبيرة كبيرة مليونية", False),
    ],
)
def test_a_rule_of_words_behind_a_conjunction_needs_them_in_order_and_near(
    phrase: str, text: str, *, asked: bool
) -> None:
    known = detecting("known", selection={"words|phrase": "كبيرة"})
    book = rulebook(detecting("near", selection={"words|phrase": phrase}), known)

    assert ("near" in candidates(book, report(text))) is asked


def test_a_rule_of_a_word_and_a_choice_of_others_needs_the_word_and_one_of_them() -> None:
    book = rulebook(
        detecting("rule", "a and b", a={"words|phrase": "kornets"}, b={"words|phrase": ["x", "y"]})
    )

    assert candidates(book, report("kornets and y")) == ["rule"]
    assert candidates(book, report("kornets and z")) == []


def test_a_rule_of_a_word_and_a_long_choice_of_others_needs_the_word_alone() -> None:
    book = rulebook(
        detecting(
            "rule",
            "a and b",
            a={"words|phrase": "kornets"},
            b={"words|phrase": [f"x{number}" for number in range(17)]},
        )
    )

    assert candidates(book, report("kornets and z")) == ["rule"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("مسيرة مليونية", ["phrase", "inflected"]),
        ("ومسيرة مليونية", ["phrase", "inflected"]),
        ("مسيرة مليونيتها", ["inflected"]),
        ("مسيرة اليوم مليونية", []),
    ],
)
def test_a_rule_of_words_that_follow_each_other_needs_them_so(text: str, names: list[str]) -> None:
    book = rulebook(
        detecting("phrase", selection={"words|phrase": "مسيرة مليونية"}),
        detecting("inflected", selection={"words|phrase": "مسيرة مليوني*"}),
    )

    assert candidates(book, report(text)) == names


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


ATTACK = word_list("attack", en=["attack/v", "open/v fire"])
BASE = word_list("base", en=["base/n"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Badr attacks the base.", ["rule"]),
        ("Badr opened fire on the base.", ["rule"]),
        ("Badr was there. Police attacked the base.", []),
        ("Badr was there. They attacked the base.", ["rule"]),
        ("Badr attacks.", []),
        ("Badr opened the base.", []),
        ("They attack the base.", []),
    ],
)
def test_a_rule_by_says_needs_a_sentence_with_a_member_and_words_of_each_part(
    text: str, names: list[str]
) -> None:
    says = {"words|says": ["%proxies% > %attack%", "%base%"]}
    book = rulebook(detecting("rule", selection=says), words=(ATTACK, BASE))

    assert candidates(book, report(text)) == names


def test_the_scan_looks_for_no_words_of_lists_that_stand_beside_members() -> None:
    beside = {"words|says": ["%proxies% > %attack%"]}
    alone = {"words|says": ["%base%"]}
    book = rulebook(
        detecting("beside", selection=beside),
        detecting("alone", selection=alone),
        words=(ATTACK, BASE),
    )

    found = book.scanner.scan([ScannedText("text", "Attack on bases")]).literals

    assert found == {" bases "}


@pytest.mark.parametrize(
    ("title", "text", "names"),
    [
        ("The march", "on Baghdad", ["march", "town"]),
        ("مسيرة في", "بغداد قصف", ["march", "raid", "town"]),
        ("The march", "قصف في بغداد", ["march", "raid", "town"]),
        ("A raid", "مسيرة", ["march", "raid"]),
        ("Kraków", "A raid", ["raid"]),
        ("Mayhem", "Raided", []),
    ],
)
def test_words_of_lists_are_looked_for_in_every_script(
    title: str, text: str, names: list[str]
) -> None:
    book = rulebook(
        detecting("march", selection={"words|says": ["%march%"]}),
        detecting("raid", selection={"words|says": ["%raid%"]}),
        detecting("town", selection={"words|phrase": ["Baghdad", "بغداد"]}),
        words=(
            word_list("march", en=["march"], ar=["مسيرة"]),
            word_list("raid", en=["raid"], ar=["قصف"]),
        ),
    )

    assert candidates(book, report(text, title=title)) == names


def test_a_rule_of_several_lists_is_asked_once_for_a_word_of_two() -> None:
    lists = (word_list("hit", en=["hit/v", "raid/v"]), word_list("raid", en=["raid/v", "storm/v"]))
    book = rulebook(detecting("rule", selection={"words|says": ["%hit|raid%"]}), words=lists)

    assert candidates(book, report("They raided it.")) == ["rule"]
    assert candidates(book, report("They stormed it.")) == ["rule"]


def test_a_rule_of_alternatives_is_asked_where_a_sentence_may_say_one() -> None:
    book = rulebook(
        detecting(
            "rule",
            "a or b",
            a={"words|says": ["%proxies% > %attack%"]},
            b={"words|says": ["%lebanese% > %base%"]},
        ),
        words=(ATTACK, BASE),
    )

    assert candidates(book, report("Hezbollah has a base.")) == ["rule"]
    assert candidates(book, report("Badr has a base.")) == []


def test_a_rule_of_a_number_or_of_words_is_asked_where_there_is_a_number_or_a_word() -> None:
    book = rulebook(
        detecting(
            "rule",
            "counted or said",
            counted={"quantities.casualties|gte": 1},
            said={"words|says": ["%attack%"]},
        ),
        words=(ATTACK, BASE),
    )

    assert candidates(book, report("Calm.")) == []
    assert candidates(book, report("Calm.", quantities={"fatalities": 2.0})) == []
    assert candidates(book, report("Calm.", quantities={"casualties": 2.0})) == ["rule"]
    assert candidates(book, report("They attacked.")) == ["rule"]


def test_a_number_that_every_report_has_is_no_prefilter() -> None:
    book = rulebook(
        detecting("rule", "a and b", a={"hour|gte": 0}, b={"words|phrase": "government"})
    )

    assert candidates(book, report("Calm.")) == []
    assert candidates(book, report("The government.")) == ["rule"]
