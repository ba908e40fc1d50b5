"""Where the sentences of a text begin, and their words."""

import pytest

from services.matcher.domain.says.cut_sentences import LONGEST, SentenceText, cut_sentences
from services.matcher.domain.text.fold import fold


def _cut(text: str) -> list[SentenceText]:
    return list(cut_sentences(text, fold(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Badr left. Kata'ib Hezbollah, it said, stays!\nWho?",
        "Badr left 0000000000000001. It stays.",
        "They left.US troops stay.",
        "a " * 2 * LONGEST + "b, c d. It is long.",
    ],
    ids=["plain", "the mark between sentences", "capitals that are glued", "long"],
)
def test_sentences_are_where_their_words_are_in_the_folded_text(text: str) -> None:
    folded = fold(text)
    for cut in _cut(text):
        assert folded[cut.start : cut.start + len(cut.words)] == cut.words
    assert "".join(cut.words[1:] for cut in _cut(text)) == folded[1:]


def test_a_sentence_has_its_own_words() -> None:
    cut = _cut("Badr left. Kata'ib Hezbollah, it said, stays!\nWho?")
    words = [sentence.words for sentence in cut]
    assert words == [" badr left ", " kataib hezbollah it said stays ", " who "]


def test_a_text_without_words_has_no_sentence() -> None:
    assert _cut("") == []
    assert _cut("… !") == []


def test_a_long_sentence_is_read_in_pieces_with_their_own_commas() -> None:
    first, second = _cut("a " * LONGEST + "b, c d")
    assert first.words == " a" * LONGEST + " "
    assert (second.words, second.marks.commas) == (" b c d ", frozenset({1}))


def test_hyphens_and_commas_are_before_the_words_that_follow_them() -> None:
    (cut,) = _cut("Iran-backed men, 1,000 of them, left")
    assert cut.marks.hyphens == frozenset({1})
    assert cut.marks.commas == frozenset({3, 7})


def test_a_pause_of_two_stops_breaks_a_clause() -> None:
    (cut,) = _cut("بدر والكتائب.. قيادة مشتركة")
    assert cut.marks.breaks == frozenset({2})


def test_semicolons_are_stops_before_the_words_that_follow_them() -> None:
    (english,) = _cut("Badr left; KH, too, stays")
    (arabic,) = _cut("غادرت بدر؛ بقيت الكتائب")
    assert (english.marks.stops, english.marks.breaks) == (frozenset({2}), frozenset({2, 3, 4}))
    assert arabic.marks.stops == frozenset({2})
