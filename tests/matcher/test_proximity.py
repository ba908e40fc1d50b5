"""A phrase stands where it has a place, and nowhere else."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.matcher.domain.phrases import parse_phrase
from services.matcher.domain.proximity import stands
from services.matcher.domain.scan import ScannedText, Scanner, places

words = st.sampled_from(("a", "ab", "b", "c", "x"))
texts = st.lists(words, max_size=12).map(" ".join)
slack = st.sampled_from(("", " ~1", " ~2", " ~4"))
pair = st.tuples(words, words).flatmap(
    lambda two: st.sampled_from(
        (f"{two[0]} {two[1]}", f"{two[0]}* {two[1]}", f"{two[0]} {two[1]}*")
    )
)


@example("a b", " ~1", "a b a x x b", "", {"b"})
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


@given(texts)
def test_a_literal_is_found_alike_whether_or_not_the_scanner_knows_it(text: str) -> None:
    literals = (" a ", " a", " a b ", " b a")
    known = Scanner(literals).scan([ScannedText("text", text)])
    unknown = Scanner(()).scan([ScannedText("text", text)])

    for literal in literals:
        assert known.places_of(literal) == unknown.places_of(literal)
        assert known.holds(literal) == unknown.holds(literal) == bool(known.places_of(literal))
