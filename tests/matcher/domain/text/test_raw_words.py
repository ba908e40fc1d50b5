import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.matcher.domain.text.fold import fold, raw_stretch
from services.matcher.domain.text.raw_words import nearby_stretch, word_stretch

LETTERS = "as’'sß éا ءـً½ﷺœŁ\u200d\u0301\n-ſ"
WRITTEN = st.text(st.one_of(st.sampled_from(LETTERS), st.characters(exclude_categories=["Cs"])))


@settings(deadline=None, max_examples=500)
@given(WRITTEN)
@example("’s a’\u200ds b's's ' x' 'y")
@example("ـ aـ ـb ’ـs ½’s")
def test_a_word_is_found_where_its_letters_are(text: str) -> None:
    words = list(re.finditer("[^ ]+", fold(text)))

    for first, word in enumerate(words):
        for last in range(first, min(first + 3, len(words))):
            by_letter = raw_stretch(text, word.start(), words[last].end())
            assert word_stretch(text, first, last) == by_letter


@settings(deadline=None, max_examples=100)
@given(WRITTEN, st.integers(0, 30), st.integers(0, 30))
@example("b’s", 12, 12)
@example("’s", 12, 0)
@example("İİ a ; z", 0, 0)
def test_a_word_that_stands_once_is_found_where_its_letters_are_or_not_at_all(
    written: str, before: int, after: int
) -> None:
    text = "ﷺ z’s " * before + written + " ﷺ z’s" * after
    folded = fold(text)

    for word in re.finditer("[^ ]+", folded):
        padded = folded[word.start() - 1 : word.end() + 1]
        found = nearby_stretch(text, padded, word.start())
        if folded.find(padded) == folded.rfind(padded) and found is not None:
            assert found == raw_stretch(text, word.start(), word.end())


def test_a_word_in_the_midst_of_a_long_text_is_found_nearby() -> None:
    text = "Fire and much “smoke” again. " * 30 + "the Kata’ib’s march. " + "Calm’s back. " * 40

    found = nearby_stretch(text, " kataib march ", fold(text).find(" kataib ") + 1)

    assert found is not None
    assert text[found.start : found.end] == "Kata’ib’s march"


@pytest.mark.parametrize(
    ("text", "at"),
    [("q " * 31 + "abcdef" + " q" * 50, 0), ("q " * 69 + "xxab" + " q" * 50, 200)],
    ids=["at the end", "at the beginning"],
)
def test_a_part_of_a_word_that_the_cut_leaves_is_no_word(text: str, at: int) -> None:
    assert nearby_stretch(text, " ab ", at) is None
