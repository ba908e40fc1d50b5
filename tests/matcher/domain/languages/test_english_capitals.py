import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.languages.english.capitals import mark_countries
from services.matcher.domain.text.fold import fold, nearby_span, raw_span

WRITTEN = st.lists(
    st.sampled_from(
        ["US", "us", "U.S.", "u.s", "U.S.A.", "TELL", "ON", "troops", ".", "-", " ", "$"]
    )
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "US troops",
        "U.S. troops",
        "U.S troops",
        "u.s. troops",
        "USA troops",
        "U.S.A. troops",
        "US’s troops",
        "“US” troops",
    ],
)
def test_the_country_is_one_word_however_it_is_written(text: str) -> None:
    assert fold(text) == " usa troops "


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("They told us.", " they told us "),
        ("TELL US ABOUT THE WAR", " tell us about the war "),
        ("CONTACT US", " contact us "),
        ("STAY WITH US ON AIR", " stay with us on air "),
        ("US TROOPS KILLED", " usa troops killed "),
        ("ROCKETS FIRED AT US EMBASSY", " rockets fired at usa embassy "),
        ("IRAN, US IN TALKS", " iran usa in talks "),
        ("ATTACK ON US-LED FORCE", " attack on usa led force "),
        ("the US, the UN", " the usa the un "),
        ("US$5 million", " us 5 million "),
        ("J.U.S. and bus", " j u s and bus "),
        ("USS Bataan", " uss bataan "),
        ("He left the U.S. They told us.", " he left the usa they told us "),
    ],
)
def test_us_is_the_country_or_the_pronoun(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["TELL US ABOUT", "the U.S. and US", "u.s.a. WITH US"])
def test_a_part_of_a_marked_text_is_marked_already(text: str) -> None:
    marked = mark_countries(text)

    assert len(marked) == len(text)
    assert all(mark_countries(marked[at:]) == marked[at:] for at in range(len(marked)))


@given(WRITTEN)
def test_every_word_is_found_where_it_is_written(text: str) -> None:
    folded, start = fold(text), 1
    for word in folded.split():
        span = raw_span(text, start, start + len(word))
        assert text[span.start : span.end].replace(".", "").lower() in {word, word[:2]}
        start += len(word) + 1


def test_the_pronoun_is_not_found_at_the_country() -> None:
    assert nearby_span("US troops told us", "us", 17) == (15, 17)
