import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.matcher.domain.text.fold import fold, nearby_span, raw_span
from services.matcher.domain.text.fold_page import fold_fast
from services.matcher.domain.text.fold_table import TABLE
from tests.examples import scale_examples

WRITTEN = st.text(
    st.one_of(
        st.sampled_from("abSs '’ʼ-–éßİ\u0301\u200cكأإىةئءؤـَ٣،œ½ﷺж"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kata'ib", "kataib"),
        ("Kata’ib", "Kataib"),
        ("Kataʼib", "KATAIB"),
        ("Katāʾib", "kataib"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("Straße", "strasse"),
        ("ırak", "irak"),
        ("al-Nujaba", "al Nujaba"),
        ("al–Nujaba", "al—Nujaba"),
        ("Na\u200bsr", "nasr"),
        ("Wagner's", "Wagner"),
        ("Sadr’s men", "sadr men"),
        ("أحمد إيران آل ٱلله", "احمد ايران ال الله"),
        ("الموسوى", "الموسوي"),
        ("ایران", "ايران"),
        ("كتيبة", "كتيبه"),
        ("کتائب", "كتايب"),
        ("مسؤول", "مسوول"),
        ("كِتَائِبُ", "كتائب"),
        ("كتـــائب", "كتائب"),
        ("ﻻ", "لا"),
        ("٢٠٢٠", "2020"),
        ("۲۰۲۰", "2020"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_folded_text_is_words_with_one_space_around_each() -> None:
    assert fold("  “Fire!”,\n he said… ") == " fire he said "


@pytest.mark.parametrize("text", ["", " ", "—", "’s", "\u0301"])
def test_a_text_without_words_folds_to_one_space(text: str) -> None:
    assert fold(text) == " "


@given(WRITTEN)
@example("œuf ½ ﷺ ж")
def test_the_fast_way_gives_the_words_of_the_table(text: str) -> None:
    try:
        fast = fold_fast(text)
    except UnicodeEncodeError:
        return

    assert fast.split() == text.translate(TABLE).split()


@given(WRITTEN)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(WRITTEN)
def test_every_folded_word_is_found_again_in_the_raw_text(text: str) -> None:
    folded = fold(text)

    for word in re.finditer("[^ ]+", folded):
        span = raw_span(text, word.start(), word.end())
        assert word[0] in fold(text[span.start : span.end])


@settings(max_examples=scale_examples(500))
@given(WRITTEN, st.integers(0, 30), st.integers(0, 30))
@example("’s a’\u200ds b's's ' x' 'y", 0, 0)
@example("ـ aـ ـb ’ـs ½’s", 3, 3)
@example("İİ a ; z", 0, 9)
def test_words_are_found_where_their_letters_are_however_white_space_cuts_the_text(
    written: str, before: int, after: int
) -> None:
    text = "ﷺ z’s " * before + written + " ﷺ z’s" * after
    uncut = re.sub(r"\s", "—", text)
    words = list(re.finditer("[^ ]+", fold(text)))

    for first, word in enumerate(words):
        for last in words[first : first + 3]:
            span = raw_span(text, word.start(), last.end())
            assert span == raw_span(uncut, word.start(), last.end())


@given(WRITTEN, st.sampled_from((0, 1, 40)), st.sampled_from((0, 1, 40)))
@example("Badr's Badr", 0, 0)
@example("badr\u0301", 0, 0)
@example("a, b's — “C” d", 40, 40)
def test_words_that_occur_once_are_found_near_their_index_or_not_at_all(
    written: str, before: int, after: int
) -> None:
    text = "ﷺ, z’s" * before + written + " ﷺ, z’s" * after
    folded = fold(text)
    words = list(re.finditer("[^ ]+", folded))
    for first, word in enumerate(words):
        for last in words[first : first + 3]:
            padded = folded[word.start() - 1 : last.end() + 1]
            if folded.find(padded) == folded.rfind(padded):
                span = nearby_span(text, padded[1:-1], word.start())
                assert span in {None, raw_span(text, word.start(), last.end())}


@pytest.mark.parametrize(
    ("written", "words"),
    [("xbadr, “BADR” said", "badr"), ("“Badr”: it ‘marches’", "badr it marches")],
)
def test_words_are_found_near_their_index_as_they_are_written(written: str, words: str) -> None:
    text = "Fire, and smoke. " * 30 + written + " Calm’s back. " * 40

    span = nearby_span(text, words, fold(text).find(f" {words} ") + 1)

    assert span is not None
    assert fold(text[span.start : span.end]).strip() == words


def test_words_in_the_midst_of_a_long_text_are_found() -> None:
    text = "Fire and much “smoke” again. " * 30 + "the Kata’ib’s march. " + "Calm’s back. " * 40
    start = fold(text).find(" kataib march ") + 1

    span = raw_span(text, start, start + len("kataib march"))

    assert text[span.start : span.end] == "Kata’ib’s march"


def test_a_span_includes_the_diacritics_of_its_last_letter() -> None:
    raw = "قالت كِتَائِبُ اليوم"

    span = raw_span(raw, 6, 11)

    assert raw[span.start : span.end] == "كِتَائِبُ"
