import time

import pytest

from schemas.event import Event
from services.matcher.domain.rules.matching import RuleMatch, match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import detecting, report, rulebook


def only_match(book: Rulebook, event: Event) -> RuleMatch:
    (match,) = match_event(book, event)
    return match


def matched_words(match: RuleMatch) -> list[str]:
    event = match.view.event
    raw = "\n".join(part for part in (event.title, event.text) if part)
    return [raw[span.start : span.end] for span in match.spans]


def test_spans_point_into_the_raw_words() -> None:
    book = rulebook(
        detecting(
            "rule",
            "march and who and not calm",
            march={"words|phrase": ["million-man march", "expel*"]},
            who={"entities|expand": "%proxies%"},
            calm={"words|contains": "calm"},
        )
    )
    event = report(title="Kata’ib Hezbollah’s call", text="A Million–Man March to “expel” them")

    match = only_match(book, event)

    assert matched_words(match) == ["Kata’ib Hezbollah", "Million–Man March", "expel"]


def test_spans_of_strings_are_those_of_the_raw_text_even_where_case_changes_its_length() -> None:
    book = rulebook(detecting(selection={"text|contains": "straße"}))

    assert matched_words(only_match(book, report("İİ die STRASSE", title="x"))) == ["STRASSE"]


def test_spans_of_an_expression_are_its_first_match() -> None:
    book = rulebook(detecting(selection={"words|re": "[0-9]+ men"}))

    assert matched_words(only_match(book, report("with 40 men and 50 men"))) == ["40 men"]


def test_only_the_members_that_the_rule_selected_take_part() -> None:
    book = rulebook(detecting(selection={"actor_ids|expand": "%proxies%"}))

    match = only_match(book, report(actors=["Badr", "Hezbollah", "AAH"]))

    assert match.members("actor_ids") == ("aah", "badr")
    assert match.members("actors") == ("Badr", "Hezbollah", "AAH")


def test_members_of_a_selection_under_not_are_no_selection() -> None:
    book = rulebook(
        detecting("rule", "a and not b", a={"country": "IQ"}, b={"actor_ids": "hezbollah"})
    )

    match = only_match(book, report(country="IQ", actors=["Badr", "AAH"]))

    assert match.members("actor_ids") == ("aah", "badr")


def test_asking_whether_a_field_is_there_selects_none_of_its_values() -> None:
    book = rulebook(
        detecting("rule", "a and b", a={"actors|exists": True}, b={"actors": ["Badr", "AAH"]})
    )

    assert only_match(book, report(actors=["Badr", "Iran"])).members("actors") == ("Badr",)


def test_values_that_name_a_member_are_the_matched_ones() -> None:
    book = rulebook(detecting(selection={"actors|expand": "%proxies%"}))

    match = only_match(book, report(actors=["Badr spokesman", "Iran"]))

    assert match.members("actors") == ("Badr spokesman",)


def test_numbers_are_told_as_decimal_text() -> None:
    book = rulebook(detecting(selection={"quantities.rockets|gte": 1}))

    match = only_match(book, report(quantities={"rockets": 3.0}))

    assert match.members("quantities.rockets") == ("3",)


def test_a_retraction_matches_nothing_itself() -> None:
    book = rulebook(detecting(selection={"words|phrase": "rockets"}))

    assert match_event(book, report("No rockets fell: we withdraw.", retracts="0")) == ()


def test_rules_match_in_the_order_of_their_files() -> None:
    names = ["z", "a", "m"]
    book = rulebook(*(detecting(name, selection={"words|phrase": "fire"}) for name in names))

    assert [match.rule.name for match in match_event(book, report("fire"))] == names


def test_a_rule_whose_words_are_absent_is_not_looked_at() -> None:
    book = rulebook(
        detecting("words", selection={"words|phrase": "rocket fire", "country": "IQ"}),
        detecting("value", selection={"type": ["threat", "assault"]}),
        detecting("always", "not selection", selection={"country": "IQ"}),
        detecting("either", "1 of *", a={"words|phrase": "fire"}, b={"text|contains": "x"}),
    )

    always = [book.packs[0].rules[number].name for number in book.packs[0].index.always]

    assert always == ["always", "either"]
    assert set(book.packs[0].index.by_literal) == {" rocket fire "}
    assert set(book.packs[0].index.by_value["type"]) == {"threat", "assault"}


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        ({"words|phrase": "a a a a ~50"}, "a"),
        ({"words|phrase": "a* b a* ~50"}, "a b"),
        ({"entities|expand": "%proxies%"}, "badr badr city"),
        ({"words|re": "(a+)+$"}, "aa b"),
        ({"words": "*a*a*a*a*b*c"}, "a"),
    ],
    ids=str,
)
def test_a_report_made_to_be_slow_is_not(selection: object, text: str) -> None:
    book = rulebook(detecting(selection=selection))
    longest = report(f"{text} " * (65_000 // (len(text) + 1)))

    began = time.process_time()
    for match in match_event(book, longest):
        assert len(match.spans) <= 64

    assert time.process_time() - began < 3
