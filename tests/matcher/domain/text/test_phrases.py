from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.phrases import (
    InvalidPhrase,
    cover_words,
    name_forms,
    parse_phrase,
)
from services.matcher.domain.text.scan import ScannedText, Scanner, find_phrase


def find_all(phrase: str, *texts: str) -> list[str]:
    """The raw words that the phrase stands in, over all texts."""
    parsed = parse_phrase(phrase)
    scan = Scanner(part.literal for part in parsed.parts).scan(
        [ScannedText("text", text) for text in texts]
    )
    stretches = [
        (scan.text_at(place).raw, scan.raw_span(place)) for place in find_phrase(scan, parsed)
    ]
    return [raw[span.start : span.end] for raw, span in stretches]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("million-man march", "A Million–Man March!", ["Million–Man March"]),
        ("march", "They marched in March.", ["March"]),
        ("march*", "They marched in March.", ["marched", "March"]),
        ("rocket* attack", "rockets attack", ["rockets attack"]),
        ("rocket* attack", "rockets that attack", []),
        ("march expel* ~4", "a march on Friday to “expel” them", ["march on Friday to “expel"]),
        ("march expel* ~2", "a march on Friday to “expel” them", []),
        ("march expel* ~4", "expelled before the march", []),
        ("a b c ~2", "a x b y c", ["a x b y c"]),
        ("a b c ~2", "a x b y z c", []),
        ("a b ~1", "a a x b", ["a x b"]),
        ("a b ~2", "a b b", ["a b"]),
        ("مليونية", "دعا إلى مَليونيّة اليوم", ["مَليونيّة"]),
        ("حزب", "الأحزاب", []),
        ("foo bar", "foo bar foo bar", ["foo bar", "foo bar"]),
    ],
)
def test_a_phrase_stands_where_its_words_do(phrase: str, text: str, words: list[str]) -> None:
    assert find_all(phrase, text) == words


@pytest.mark.parametrize("phrase", ["million march", "million march ~5"])
def test_no_phrase_reaches_from_one_text_into_the_next(phrase: str) -> None:
    assert find_all(phrase, "a million", "march on") == []


def test_words_that_repeat_are_joined_to_the_nearest() -> None:
    assert find_all("a b ~50", "a " * 300 + "b") == ["a b"]


@pytest.mark.parametrize(
    "phrase", ["", "—", "mar*ch", "*", "march ~4", "a b ~0", "a b ~99", "a~4 b", "~4", "a " * 501]
)
def test_what_is_no_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(InvalidPhrase):
        parse_phrase(phrase)


def test_an_arabic_name_has_a_form_for_what_may_stand_before_it() -> None:
    forms = name_forms("حركة النجباء")

    for written in ("حركة النجباء", "وحركة النجباء", "الحركة النجباء", "وللحركة النجباء"):
        assert fold(written).strip() in forms


def test_an_arabic_name_with_its_article_may_lose_the_alef_but_not_the_article() -> None:
    forms = name_forms("الصدر")

    assert "للصدر" in forms
    assert "صدر" not in forms


@pytest.mark.parametrize(
    "forms_of",
    [lambda: name_forms("Badr"), lambda: name_forms("بدر", proclitics=False)],
    ids=["latin", "without proclitics"],
)
def test_other_names_have_one_form(forms_of: Callable[[], tuple[str, ...]]) -> None:
    assert len(forms_of()) == 1


@pytest.mark.parametrize(
    ("words", "literals"),
    [
        ({"attack", "attacks", "attacked", "hit"}, {" attack", " hit "}),
        ({"attacks", "attacker"}, {" attacks ", " attacker "}),
        ({"plan", "plans", "planned"}, {" plan ", " plans ", " planned "}),
        ({"march", "marched", "marched1", "mar"}, {" march", " mar "}),
        (set(), set()),
    ],
)
def test_a_long_word_covers_those_that_begin_with_it(words: set[str], literals: set[str]) -> None:
    assert cover_words(words) == literals


@given(st.sets(st.text("ab", min_size=1, max_size=9), max_size=30))
def test_a_text_with_a_word_has_a_literal_that_covers_it(words: set[str]) -> None:
    literals = cover_words(words)

    assert all(any(literal in f" {word} " for literal in literals) for word in words)
    assert len(literals) <= len(words)
