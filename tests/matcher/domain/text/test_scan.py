"""The scan finds literals and phrases, and counts words between them in one text alone."""

from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.text.phrases import parse_phrase
from services.matcher.domain.text.scan import (
    ScannedText,
    Scanner,
    contains_phrase,
    find_phrase,
)

LONG = "w" * 200
words = st.sampled_from(("a", "ab", "b", "c", "x", LONG))
texts = st.lists(words, max_size=12).map(" ".join)
slack = st.sampled_from(("", " ~1", " ~2", " ~4"))
pair = st.tuples(words, words).flatmap(
    lambda two: st.sampled_from(
        (f"{two[0]} {two[1]}", f"{two[0]}* {two[1]}", f"{two[0]} {two[1]}*")
    )
)


@given(pair, slack, texts, texts, st.sets(words, max_size=2))
def test_a_field_contains_a_phrase_that_has_a_span_in_it(
    phrase: str, slack: str, title: str, text: str, known: set[str]
) -> None:
    parsed = parse_phrase(phrase + slack)
    scanned = [ScannedText("title", title), ScannedText("text", text)]
    scan = Scanner([f" {word} " for word in known]).scan(scanned)

    for field in ("title", "text"):
        has_span = any(scan.text_at(span).field == field for span in find_phrase(scan, parsed))
        assert has_span == contains_phrase(scan, parsed, frozenset({field}))


def test_a_phrase_may_have_its_slack_of_words_between_and_no_more() -> None:
    filler = " z" * 300
    scanner = Scanner([" a ", " b "])
    phrase, anywhere = parse_phrase("a b ~2"), frozenset({"text"})

    def contains(text: str) -> bool:
        return contains_phrase(scanner.scan([ScannedText("text", text)]), phrase, anywhere)

    for text in ("a b", "a x x b", "b a x b", "a x x x a x b"):
        assert contains(text)
        assert contains(text + filler)
    for text in ("b a", "a x x x b", "b x a", "b" + filler + " a"):
        assert not contains(text)
        assert not contains(text + filler)


@given(texts)
def test_a_literal_is_found_alike_whether_or_not_the_scanner_knows_it(text: str) -> None:
    literals = (" a ", " a", " a b ", " b a")
    known = Scanner(literals).scan([ScannedText("text", text)])
    unknown = Scanner(()).scan([ScannedText("text", text)])

    for literal in literals:
        assert known.find_literal(literal) == unknown.find_literal(literal)
        spans = known.find_literal(literal)
        assert known.contains(literal) == unknown.contains(literal) == bool(spans)
