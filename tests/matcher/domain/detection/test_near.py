import time
from typing import Any

import pytest
from hypothesis import given

from schemas.event import Event
from services.matcher.domain.rules.matching import RuleMatch, match_event
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.sentences import sentences
from tests.matcher.rules import compiled, detecting, report, rulebook
from tests.matcher.wild_text import TEXTS

ROCKETS_NEAR_EMBASSY = rulebook(detecting(selection={"words|near": ["rocket*", "embassy"]}))


def match(event: Event, **selection: Any) -> RuleMatch | None:
    book = rulebook(detecting(selection=selection)) if selection else ROCKETS_NEAR_EMBASSY
    return next(iter(match_event(book, event)), None)


@pytest.mark.parametrize(
    "text",
    [
        "Rockets fell not far from the embassy.",
        "The embassy counted three rockets",
        "Rockets hit the embassy. All is quiet.",
        "Quiet week. Rockets fell near the U.S. embassy at 5.30 p.m. local time.",
        "Rockets fell, Gen. J. Smith of the embassy said.",
        "Rockets, 3.5 m long, hit the embassy",
        "Rockets (see Khalil et al. 2019) near the embassy",
        "Rockets of type No. 5 fell at the embassy",
        "Rockets fell on Jan. 4 at the embassy",
        "rockets at http://example.com/a.b?c=d the embassy",
    ],
)
def test_all_phrases_in_one_sentence_match(text: str) -> None:
    assert match(report(text))


@pytest.mark.parametrize(
    "text",
    [
        "Rockets fell in Taji. The embassy is closed.",
        "Rockets fell in Taji. the embassy is closed.",
        "Rockets fell in Taji.The embassy is closed.",
        "Did rockets fall? The embassy is closed.",
        "Rockets fell!The embassy is closed.",
        "Rockets fell… The embassy is closed.",
        "Rockets fell... the embassy is closed.",
        "“Rockets fell.” The embassy is closed.",
        "(Rockets fell in Taji.) The embassy is closed.",
        "Rockets fell\nThe embassy is closed",
        "Rockets؟ embassy",
        "Rockets۔ embassy",
        "Rockets fell in 2020. The embassy is closed.",
        "Rockets hit a base of the U.S. The embassy is closed.",
        "Rockets fell at 5 p.m. The embassy is closed.",
        "He said no. Rockets fell. Embassy closed.",
        "Rockets only",
    ],
)
def test_phrases_of_two_sentences_do_not_match(text: str) -> None:
    assert not match(report(text))


def test_title_and_text_are_sentences_of_their_own() -> None:
    assert not match(report("The embassy is closed", title="Rockets in Baghdad"))
    assert match(report("Nothing", title="Rockets at the embassy"))


def test_arabic_sentences_end_at_a_stop_without_a_space_too() -> None:
    near = {"words|near": ["صواريخ", "السفارة"]}

    assert match(report("سقطت صواريخ قرب السفارة"), **near)
    assert not match(report("سقطت صواريخ في بغداد.السفارة مغلقة"), **near)


def test_the_phrases_take_inflection_and_words_between() -> None:
    near = {"words|near": ["rocket* hit ~4", "u.s. troop*"]}

    assert match(report("Rockets of an unknown kind hit a base of U.S. troops."), **near)
    assert not match(report("Rockets were seen. They hit U.S. troops."), **near)


def test_a_phrase_that_reaches_over_the_end_of_a_sentence_is_in_none() -> None:
    near = {"words|near": ["rocket* taji ~5", "embassy"]}

    assert not match(report("Rockets fell at the embassy. Taji is quiet."), **near)


def test_three_phrases_must_share_one_sentence_not_two_each() -> None:
    near = {"words|near": ["rocket*", "embassy", "guard*"]}

    assert not match(report("Rockets at the embassy. Guards at the embassy."), **near)
    assert match(report("Quiet. Rockets hit guards at the embassy."), **near)


def test_a_short_word_ends_a_sentence() -> None:
    assert not match(report("The embassy let us in. Rockets fell."))


def test_two_stops_are_a_pause_and_three_an_end() -> None:
    assert sentences("العصائب وبدر.. قيادة مشتركة") == ("العصائب وبدر.. قيادة مشتركة",)
    assert sentences("One.. Two... Three..") == ("One.. Two...", " Three..")


def test_sentences_have_all_the_text_and_none_is_empty() -> None:
    assert sentences("One. Two!") == ("One.", " Two!")
    assert sentences("") == ()


def test_beside_expand_any_name_of_a_list_is_a_phrase() -> None:
    for modifiers in ("words|near|expand", "words|expand|near"):
        near = {modifiers: ["%proxies%", "rocket*"]}

        assert match(report("AAH fired rockets."), **near)
        assert not match(report("AAH is quiet. Hezbollah fired rockets."), **near)


def test_neq_asks_that_no_sentence_holds_them() -> None:
    assert not match(report("Rockets at the embassy"), **{"words|near|neq": ["rocket*", "embassy"]})
    assert match(report("Rockets. Embassy."), **{"words|near|neq": ["rocket*", "embassy"]})


def test_a_keyword_may_be_near_another() -> None:
    assert match(report("Rockets at the embassy"), **{"|near": ["rocket*", "embassy"]})


def test_only_what_stands_in_such_a_sentence_is_shown() -> None:
    text = "Rockets in Taji. The embassy says that rockets fell. Rockets."

    matched = match(report(text, title="On the embassy"))

    assert matched
    words = f"On the embassy\n{text}"
    assert [words[span.start : span.end] for span in matched.spans] == ["embassy", "rockets"]


def test_the_rule_is_indexed_by_its_longest_phrase() -> None:
    assert set(ROCKETS_NEAR_EMBASSY.packs[0].index.by_literal) == {" embassy "}
    assert ROCKETS_NEAR_EMBASSY.packs[0].index.always == ()


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"words|near": "rocket"}, "near needs two phrases at least"),
        ({"words|near": ["rocket", "mar*ch"]}, "'mar*ch' is no phrase"),
        ({"words|near": ["rocket", 5]}, "near takes a text, not 5"),
        ({"hour|near": ["a", "b"]}, "a sentence never holds there"),
        ({"words|near|phrase": ["a", "b"]}, "cannot be combined with"),
        ({"words|near|expand": ["%proxy%", "b"]}, "this pack has no list 'proxy'"),
    ],
    ids=str,
)
def test_a_near_that_cannot_be_looked_for_is_refused(selection: Any, message: str) -> None:
    _, (fault,) = compiled(detecting(selection=selection))

    assert message in str(fault)


@given(TEXTS)
def test_the_sentences_are_the_text_and_part_it_only_between_words(text: str) -> None:
    parts = sentences(text)

    assert "".join(parts) == text
    assert "".join([" ", *(fold(part)[1:] for part in parts)]) == fold(text)


@given(TEXTS, TEXTS)
def test_spans_lie_within_the_raw_words_of_any_report(title: str, text: str) -> None:
    event = Event.model_construct(**report("x").__dict__ | {"title": title, "text": text})
    book = rulebook(detecting(selection={"words|near": ["a", "b*"]}))

    for matched in match_event(book, event):
        for span in matched.spans:
            assert 0 <= span.start < span.end <= len(f"{title}\n{text}")


def test_splitting_takes_time_in_proportion_to_the_text() -> None:
    def spent(times: int) -> float:
        text = "U.S. a.b!'’”)) ... No. 5 et al. 3.5؟" * times
        started = time.process_time()
        sentences(text)
        return time.process_time() - started

    assert min(spent(8000) for _ in range(3)) < 40 * max(min(spent(800) for _ in range(5)), 1e-4)
