"""Where the sentences of a text begin, in words."""

from services.matcher.domain.says.cut_sentences import LONGEST, cut_sentences
from services.matcher.domain.text.fold import fold


def test_words_are_numbered_through_the_text() -> None:
    text = "Badr left. Kata'ib Hezbollah, it said, stays!\nWho?"
    words = fold(text).split()
    cut = [words[sentence.start : sentence.end] for sentence in cut_sentences(text)]
    assert cut == [["badr", "left"], ["kataib", "hezbollah", "it", "said", "stays"], ["who"]]


def test_a_text_that_holds_the_mark_between_sentences_is_numbered_too() -> None:
    text = "Badr left 0000000000000001. It stays."
    assert [(sentence.start, sentence.end) for sentence in cut_sentences(text)] == [(0, 3), (3, 5)]


def test_a_text_without_words_has_no_sentence() -> None:
    assert list(cut_sentences("")) == []
    assert list(cut_sentences("… !")) == []


def test_a_long_sentence_is_read_in_pieces_with_their_own_commas() -> None:
    text = "a " * LONGEST + "b, c d"
    first, second = cut_sentences(text)
    assert (first.start, first.end) == (0, LONGEST)
    assert (second.start, second.end, second.marks.commas) == (LONGEST, LONGEST + 3, frozenset({1}))


def test_hyphens_and_commas_are_before_the_words_that_follow_them() -> None:
    (cut,) = cut_sentences("Iran-backed men, 1,000 of them, left")
    assert cut.marks.hyphens == frozenset({1})
    assert cut.marks.commas == frozenset({3, 7})


def test_a_pause_of_two_stops_breaks_a_clause() -> None:
    (cut,) = cut_sentences("بدر والكتائب.. قيادة مشتركة")
    assert cut.marks.breaks == frozenset({2})


def test_semicolons_are_stops_before_the_words_that_follow_them() -> None:
    (english,) = cut_sentences("Badr left; KH, too, stays")
    (arabic,) = cut_sentences("غادرت بدر؛ بقيت الكتائب")
    assert (english.marks.stops, english.marks.breaks) == (frozenset({2}), frozenset({2, 3, 4}))
    assert arabic.marks.stops == frozenset({2})
