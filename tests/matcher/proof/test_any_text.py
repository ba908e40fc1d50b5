"""Any text and any phrase: folded, looked for and found in the raw words, or refused."""

import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.text.fold import fold, raw_span
from services.matcher.domain.text.phrases import InvalidPhrase, name_forms, parse_phrase
from services.matcher.domain.text.scan import ScannedText, Scanner, find_phrase
from tests.matcher.rules import compiled, detecting, report

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=200)
WORDS = st.lists(
    st.sampled_from(["march", "Marching", "كتائب", "الحشد", "Kata'ib", "al-Haq", "a", "b", "b's"]),
    max_size=12,
).map(" ".join)


@given(text=ANYTHING)
@example("\ud800")
@example("'s" * 500)
@example("\u0301" * 500)
def test_any_text_folds_to_words_that_fold_to_themselves(text: str) -> None:
    folded = fold(text)

    assert fold(folded) == folded
    assert folded == f" {' '.join(folded.split())} ".replace("  ", " ")


@given(text=ANYTHING)
def test_any_stretch_of_folded_words_stands_in_the_raw_text(text: str) -> None:
    folded = fold(text)

    for word in re.finditer("[^ ]+", folded):
        span = raw_span(text, word.start(), word.end())
        assert 0 <= span.start < span.end <= len(text)


@given(name=ANYTHING)
def test_any_name_has_folded_forms(name: str) -> None:
    for form in name_forms(name):
        assert fold(form).strip() == form


@given(written=st.one_of(ANYTHING, WORDS, st.text("ab *~0129-'ال\n", max_size=30)), text=WORDS)
def test_any_phrase_is_looked_for_or_refused_with_words(written: str, text: str) -> None:
    try:
        phrase = parse_phrase(written)
    except InvalidPhrase:
        return

    scan = Scanner(part.literal for part in phrase.parts).scan([ScannedText("text", text)])

    for place in find_phrase(scan, phrase):
        span = scan.raw_span(place)
        assert 0 <= span.start < span.end <= len(text)


@given(
    wanted=st.lists(st.sampled_from(["a", "b*", "c"]), min_size=1, max_size=3),
    slack=st.integers(0, 4),
    text=st.lists(st.sampled_from(["a", "b", "bb", "c", "x"]), max_size=14),
)
def test_a_phrase_is_found_where_plain_search_finds_it(
    wanted: list[str], slack: int, text: list[str]
) -> None:
    assume(not slack or len(wanted) > 1)
    written = " ".join(wanted) + (f" ~{slack}" if slack else "")
    phrase = parse_phrase(written)

    scan = Scanner(part.literal for part in phrase.parts).scan(
        [ScannedText("text", " ".join(text))]
    )

    assert bool(find_phrase(scan, phrase)) == _stands(wanted, slack, text)


def _stands(wanted: list[str], slack: int, text: list[str]) -> bool:
    """Whether the words come in order, with at most `slack` others between them in all."""
    # for each place that the words so far may end at: how many others may still be let in
    reached = {
        place: slack for place, word in enumerate(text) if re.fullmatch(_plain(wanted[0]), word)
    }
    for pattern in wanted[1:]:
        fits = [place for place, word in enumerate(text) if re.fullmatch(_plain(pattern), word)]
        left = {
            place: [
                slack - (place - before - 1)
                for before, slack in reached.items()
                if 0 <= place - before - 1 <= slack
            ]
            for place in fits
        }
        reached = {place: max(several) for place, several in left.items() if several}
    return bool(reached)


def _plain(word: str) -> str:
    return word.replace("*", r"\w*")


# a rule file holds no lone surrogate: YAML refuses it
@given(written=st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), WORDS))
def test_any_phrase_of_a_rule_is_a_fault_or_a_rule_that_can_be_asked(written: str) -> None:
    book, faults = compiled(detecting("rule", selection={"words|phrase": written}))

    assert all(fault.field == "detection.selection.words|phrase" for fault in faults)
    assert not (faults and book.packs[0].rules)
    match_event(book, report("a march of the Hashd"))
