"""An excerpt is 500 characters around the first span, with the spans that it holds whole."""

from schemas.alert import LONGEST_FIELD, Span
from services.matcher.domain.rules.excerpt import cut_excerpt
from services.matcher.domain.text.fold import CharSpan

ROOM = LONGEST_FIELD - 2
"""Characters of the text between the two marks of a cut."""


def test_a_text_of_the_longest_length_is_whole_and_a_longer_one_is_cut() -> None:
    text = "x" * LONGEST_FIELD

    assert cut_excerpt(text, []) == (text, ())
    assert cut_excerpt(text + "x", []) == ("x" * ROOM + "…", ())


def test_an_excerpt_starts_eighty_characters_before_the_first_span() -> None:
    text = "a" * 400 + "b" * 400

    excerpt, spans = cut_excerpt(text, [CharSpan(400, 410)])
    far, _ = cut_excerpt("a" * 800 + "b" * 800, [CharSpan(800, 810)])

    assert excerpt[spans[0].start : spans[0].end] == "b" * 10
    assert far.index("b") == len("…") + 80


def test_spans_at_both_edges_of_an_excerpt_are_kept_and_cut_ones_are_not() -> None:
    first = CharSpan(0, 2)
    last, cut = CharSpan(ROOM - 2, ROOM), CharSpan(ROOM - 1, ROOM + 1)

    _, spans = cut_excerpt("x" * 1000, [first, last, cut])

    assert spans == (Span(start=0, end=2), Span(start=ROOM - 2, end=ROOM))


def test_a_span_that_starts_where_the_excerpt_does_is_kept() -> None:
    text = "x" * 1000

    _, spans = cut_excerpt(text, [CharSpan(980, 990), CharSpan(1000 - ROOM, 1000 - ROOM + 5)])

    assert spans[1] == Span(start=1, end=6)
