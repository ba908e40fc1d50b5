"""The modifier `says` in rules: what matches, by which words, and what is refused."""

import pytest

from schemas.event import Event
from schemas.rule import NamedList
from services.document_faults import DocumentFault
from services.matcher.domain.detection.fields import words as words_of
from services.matcher.domain.rules.matching import RuleMatch, match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import LEBANESE, PROXIES, compiled, detecting, report, word_list

LEADERS = NamedList.model_validate(
    {
        "name": "leaders",
        "members": [{"id": "hamidawi", "name": "Abu Hussein al-Hamidawi", "parent": "kh"}],
    }
)
WORDS = (
    word_list("order", en=["order/v", "call/v on"], ar=["أمر|أمر|أوامر/v"]),
    word_list("attack", en=["attack/v"], ar=["استهدف|ستهدف|استهداف/v"]),
    word_list("vessel", en=["vessel/n", "ship/n"], ar=["سفينة|سفن/n"]),
    word_list("fighter", en=["fighter/n", "men"], ar=["مقاتل|مقاتلي|عناصر/n"]),
    word_list("civil", en=["university"]),
    word_list("own", en=["his", "its", "their"]),
    word_list("denied", en=["deny/v", "not"], ar=["لم"]),
    word_list("supposed", en=["may"]),
    word_list("other_actor", en=["minister"], ar=["وزير"]),
)


def compile_says(
    *parts: str, key: str = "words|says"
) -> tuple[Rulebook, tuple[DocumentFault, ...]]:
    """The rulebook of one rule with these parts, and its faults."""
    rule = detecting(selection={key: list(parts)})
    return compiled(rule, words=WORDS, lists=(PROXIES, LEBANESE, LEADERS))


def match(event: Event, *parts: str, key: str = "words|says") -> RuleMatch | None:
    """The match of the rule, if it matches."""
    book, faults = compile_says(*parts, key=key)
    assert not faults, [str(fault) for fault in faults]
    return next(iter(match_event(book, event)), None)


def marked(event: Event, *parts: str, key: str = "words|says") -> list[str] | None:
    """The words that an alert would mark; None: the rule does not match."""
    matched = match(event, *parts, key=key)
    written = words_of(event)
    return [written[start:end] for start, end in matched.spans] if matched else None


ATTACKS = ("%proxies% > %attack%", "%vessel%")


def test_a_member_does_it_in_any_form_of_the_verb() -> None:
    text = "Nobody knew. Kata'ib Hezbollah attacked two ships."
    assert marked(report(text), *ATTACKS) == ["Kata'ib Hezbollah", "attacked", "ships"]


def test_a_name_that_a_hyphen_makes_a_description_is_nobody() -> None:
    parts = "%lebanese%", "%vessel%"
    assert marked(report("Men friendly to Hezbollah bought a ship."), *parts) is not None
    assert match(report("Hezbollah-backed men bought a ship."), *parts) is None
    assert match(report("Hezbollah-linked men bought a ship."), *parts) is not None


def test_parts_in_two_sentences_are_not_one_statement() -> None:
    assert marked(report("Badr attacked. A ship sank."), *ATTACKS) is None


def test_any_sentence_that_names_a_member_may_say_it() -> None:
    text = "Badr met. Kata'ib Hezbollah attacked a ship."
    assert marked(report(text), *ATTACKS) == ["Kata'ib Hezbollah", "attacked", "ship"]


def test_a_title_is_a_sentence_and_enough() -> None:
    only_title = report(None, title="Badr attacks ship")
    assert marked(only_title, *ATTACKS) == ["Badr", "attacks", "ship"]
    assert marked(report("A ship sank.", title="Badr attacks"), *ATTACKS) is None


def test_title_and_text_may_be_asked_alone() -> None:
    event = report("Badr attacked a ship.", title="Badr leaves")
    assert marked(event, *ATTACKS, key="title|says") is None
    assert marked(event, *ATTACKS, key="text|says") == ["Badr", "attacked", "ship"]


def test_arabic_is_read_as_arabic() -> None:
    assert marked(report("استهدفت كتائب حزب الله سفينة في البحر"), *ATTACKS) is not None
    assert marked(report("لم تستهدف كتائب حزب الله سفينة"), *ATTACKS) is None


def test_what_is_denied_counts_only_where_a_rule_asks_for_any() -> None:
    denied = report("Badr did not attack the ship.")
    assert marked(denied, *ATTACKS) is None
    assert marked(denied, *ATTACKS, key="words|says|any") is not None


def test_another_doer_blocks() -> None:
    assert marked(report("Badr said the minister attacked the ship."), *ATTACKS) is None


def test_a_leader_stands_for_his_group() -> None:
    event = report("Abu Hussein al-Hamidawi ordered his men home.")
    assert marked(event, "%proxies% > %order%", "own ~2 %fighter%") is not None
    assert marked(event, "%leaders% > %order%", "own ~2 %fighter%") is not None


def test_lists_stand_in_phrases_of_a_part() -> None:
    event = report("Badr fighters attacked a large ship.")
    assert marked(event, "%attack% ~2 %vessel%") == ["attacked a large ship"]
    assert marked(event, "%attack% ~1 %vessel%") is None


def test_what_must_be_absent_vetoes_its_own_sentence_alone() -> None:
    parts = (*ATTACKS, "!%civil%")
    assert marked(report("Badr attacked a ship. A university closed."), *parts) is not None
    assert marked(report("Badr attacked a ship of a university."), *parts) is None


@pytest.mark.parametrize(
    ("parts", "message", "hint"),
    [
        (["%proxis% > %attack%"], "no list 'proxis'", "proxies"),
        (["%proxies% > %atack%"], "no list 'atack'", "attack"),
        (["%proxies% > %leaders%"], "both sides", "who > act"),
        (["%attack%", "~x %proxies%"], "'~x %proxies%' is no phrase", ""),
        (["(a|b"], "'(a|b' is no phrase: a bracket is missing", ""),
        (["%proxies% > %attack"], "'%attack' is no phrase: a list is named between two %", ""),
    ],
)
def test_a_fault_names_the_field_and_the_way_out(parts: list[str], message: str, hint: str) -> None:
    _, (fault,) = compile_says(*parts)
    assert fault.field == "detection.selection.words|says"
    assert message in fault.message
    assert hint in fault.hint


def test_says_reads_sentences_alone() -> None:
    _, (fault,) = compile_says("%attack%", key="actors|says")
    assert "actors has none" in fault.message


def test_any_stands_behind_says() -> None:
    _, (fault,) = compile_says("%attack%", key="words|any|says")
    assert "words|says|any" in fault.message


def test_words_that_no_list_has_stand_in_parts() -> None:
    event = report("Badr attacked a large camp.")
    assert marked(event, "%proxies% > %attack%", "camp") == ["Badr", "attacked", "camp"]
    assert marked(event, "large camp") == ["large camp"]


def test_hostile_text_costs_linear_time() -> None:
    book, _ = compile_says(*ATTACKS, "!%civil%")
    text = "Badr attack ship minister, and Kata'ib Hezbollah by not " * 1100
    assert len(match_event(book, report(text[:65_000]))) <= 1
