"""Which literals may follow which, told by the order in which they are found."""

from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.text.literal_order import LiteralPair
from services.matcher.domain.text.phrases import Phrase, PhrasePart
from services.matcher.domain.text.scan import ScannedText, Scanner, find_phrase

LITERALS = (" a ", " b ", " c ", " ab ", " a", " b", " a b ", " b c ", " a b", " a b c ")
literals = st.sampled_from(LITERALS)
words = st.sampled_from(("a", "ab", "b", "bc", "c", "x"))


def may_hold(text: str, known: set[str], *pairs: LiteralPair) -> bool:
    literals = {literal for pair in pairs for literal in (pair.first, pair.second)}
    scan = Scanner(known | literals).scan([ScannedText("text", text)])
    return scan.order.may_hold(pairs)


@given(literals, literals, st.integers(0, 4), st.lists(words, max_size=14), st.sets(literals))
def test_a_text_that_holds_a_phrase_may_hold_its_pair(
    first: str, second: str, slack: int, text: list[str], known: set[str]
) -> None:
    phrase = Phrase((PhrasePart(first), PhrasePart(second)), slack)
    pair = LiteralPair(first, second, phrase.max_words)
    unknown = Scanner(()).scan([ScannedText("text", " ".join(text))])

    assert may_hold(" ".join(text), known, pair) or not find_phrase(unknown, phrase)


def test_known_words_between_two_literals_are_counted() -> None:
    pair = LiteralPair(" a ", " b ", 4)

    assert may_hold("a c c c b", {" c "}, pair)
    assert not may_hold("a c c c c b", {" c "}, pair)
    assert may_hold("a x x x x b", {" c "}, pair)


def test_one_of_several_pairs_is_enough() -> None:
    pairs = [LiteralPair(" a ", " b ", 2), LiteralPair(" x ", " y ", 2)]

    assert may_hold("b a x y", set(), *pairs)
    assert not may_hold("a y x b", set(), *pairs)


def test_the_second_literal_comes_after_the_first() -> None:
    pair = LiteralPair(" a ", " b ", 4)

    assert may_hold("b a b", set(), pair)
    assert not may_hold("b a", set(), pair)
    assert not may_hold("b", set(), pair)
    assert not may_hold("a", set(), pair)


def test_the_word_that_a_beginning_begins_is_counted_with_it() -> None:
    pair = LiteralPair(" a", " b ", 2)

    assert may_hold("ab b b", {" ab "}, pair)
    assert not may_hold("ab c b b", {" ab ", " c "}, pair)
