"""A phrase stands where it has a place, and nowhere else."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.matcher.domain.text.phrases import parse_phrase
from services.matcher.domain.text.proximity import may_stand, pairs_of, stands
from services.matcher.domain.text.scan import ScannedText, Scanner, places

LONG = "w" * 200
words = st.sampled_from(("a", "ab", "b", "c", "x", LONG))
texts = st.lists(words, max_size=12).map(" ".join)
slack = st.sampled_from(("", " ~1", " ~2", " ~4"))
pair = st.tuples(words, words).flatmap(
    lambda two: st.sampled_from(
        (f"{two[0]} {two[1]}", f"{two[0]}* {two[1]}", f"{two[0]} {two[1]}*")
    )
)


@example("a b", " ~1", "a b a x x b", "", {"b"})
@example("a b*", " ~4", f"a {LONG} {LONG} {LONG} {LONG} b", "", {"b"})
@example("a bb", " ~4", f"a {LONG} {LONG} {LONG} {LONG} bb", "", {"b"})
@given(pair, slack, texts, texts, st.sets(words, max_size=2))
def test_a_pair_stands_where_it_has_a_place(
    phrase: str, slack: str, title: str, text: str, known: set[str]
) -> None:
    parsed = parse_phrase(phrase + slack)
    scanned = [ScannedText("title", title), ScannedText("text", text)]
    scan = Scanner([f" {word} " for word in known]).scan(scanned)

    for field in ("title", "text"):
        held = any(scan.text_at(place).field == field for place in places(scan, parsed))
        assert held == stands(scan, parsed, frozenset({field}))


@example("a b ~1", ["a c b", ""], {"a c", "c", "c b"})
@given(
    st.tuples(words, words, slack).map(" ".join),
    st.lists(texts, min_size=2, max_size=2),
    st.sets(st.lists(words, min_size=1, max_size=2).map(" ".join)),
)
def test_no_pair_is_ruled_out_where_it_stands(
    phrase: str, written: list[str], known: set[str]
) -> None:
    filled = [f"{text} {'z ' * 300}" for text in written]
    scanned = [ScannedText("title", filled[0]), ScannedText("text", filled[1])]
    parsed = parse_phrase(phrase)
    literals = {piece.literal for piece in parsed.pieces}
    scan = Scanner(literals | {f" {told} " for told in known}).scan(scanned)

    for asked in pairs_of(parsed):
        both = asked.first in scan.literals and asked.second in scan.literals
        if both and not may_stand(scan, asked):
            assert not places(scan, parsed)


def test_a_pair_with_many_words_between_is_ruled_out() -> None:
    (asked,) = pairs_of(parse_phrase("a b ~2"))
    far = ScannedText("text", "a x x x b " + "z " * 300)
    near = ScannedText("text", "a x x b " + "z " * 300)
    scanner = Scanner([" a ", " b ", " x "])

    assert not may_stand(scanner.scan([far]), asked)
    assert may_stand(scanner.scan([near]), asked)


@given(texts)
def test_a_literal_is_found_alike_whether_or_not_the_scanner_knows_it(text: str) -> None:
    literals = (" a ", " a", " a b ", " b a")
    known = Scanner(literals).scan([ScannedText("text", text)])
    unknown = Scanner(()).scan([ScannedText("text", text)])

    for literal in literals:
        assert known.places_of(literal) == unknown.places_of(literal)
        assert known.holds(literal) == unknown.holds(literal) == bool(known.places_of(literal))
