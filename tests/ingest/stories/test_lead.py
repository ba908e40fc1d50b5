import pytest

from services.ingest.domain.stories.lead import MOST_WORDS, read_lead
from tests.ingest.stories.wires import WIRE, wire


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Two rockets, 1,200 men", "2 rockets 1200 men"),
        ("U.S. troops; Iraq's base", "us troops iraq base"),
        ("ثلاثة صواريخ على القاعـــدةِ", "3 صواريخ علي القاعده"),
        ("٣ صواريخ", "3 صواريخ"),
    ],
    ids=["numbers", "English", "Arabic letters", "Arabic digits"],
)
def test_spellings_of_one_word_are_one(text: str, lead: str) -> None:
    assert read_lead(wire("a", text)) == tuple(lead.split())


def test_the_headline_of_a_long_text_does_not_count() -> None:
    assert read_lead(wire("a", title="Rockets")) == read_lead(wire("b", title="Base attacked"))


def test_a_short_text_is_read_with_its_headline() -> None:
    assert read_lead(wire("a", "More soon.", title="Rockets")) == ("rockets", "more", "soon")


def test_only_the_first_words_are_read() -> None:
    lead = read_lead(wire("a", "word " * 10_000))

    assert len(lead) == MOST_WORDS
    assert read_lead(wire("a", WIRE + " more" * 100))[:20] == read_lead(wire("b"))[:20]


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        ("(AFP) ", ""),
        ("BAGHDAD (Reuters) - ", "baghdad"),
        ("بغداد (أ ف ب) — ", "بغداد"),
        ("The World Health Organization (WHO) ", "the world health organization who"),
    ],
)
def test_the_agency_that_a_text_begins_with_does_not_count(begin: str, words: str) -> None:
    assert read_lead(wire("a", begin + WIRE))[:-30] == (*words.split(), *read_lead(wire("b")))[:-30]


def test_a_retraction_has_no_words() -> None:
    assert read_lead(wire("a", "", retracts="b")) == ()
