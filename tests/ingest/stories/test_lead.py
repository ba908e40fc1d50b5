import pytest

from services.ingest.domain.stories.lead import LEAST_OPENING, MOST_WORDS, Lead, read_lead
from tests.ingest.stories.wires import WIRE, wire


def lead_of(text: str = WIRE, title: str | None = None) -> Lead:
    return read_lead(wire("a", text, title=title))[0]


def opening_of(text: str, title: str | None = None) -> Lead:
    return read_lead(wire("a", text, title=title))[1]


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
    assert lead_of(text) == tuple(lead.split())


def test_the_headline_of_a_long_text_does_not_count() -> None:
    assert lead_of(title="Rockets") == lead_of(title="Base attacked")


def test_a_short_text_is_read_with_its_headline() -> None:
    assert lead_of("More soon.", title="Rockets") == ("rockets", "more", "soon")


def test_only_the_first_words_are_read() -> None:
    lead = lead_of("word " * 10_000)

    assert len(lead) == MOST_WORDS
    assert lead_of(WIRE + " more" * 100)[:20] == lead_of()[:20]


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        ("(AFP) ", ""),
        ("BAGHDAD (Reuters) - ", "baghdad"),
        ("BAGHDAD (NINA) / ", "baghdad"),
        ("بغداد (أ ف ب) — ", "بغداد"),
        ("The World Health Organization (WHO) ", "the world health organization who"),
    ],
)
def test_the_agency_that_a_text_begins_with_does_not_count(begin: str, words: str) -> None:
    assert lead_of(begin + WIRE)[:-30] == (*words.split(), *lead_of())[:-30]


def test_a_retraction_has_no_words() -> None:
    assert read_lead(wire("a", "", retracts="b")) == ((), ())


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        ("BAGHDAD, Oct 29 - ", "oct 29 baghdad"),
        ("BAGHDAD, 29 October 2019 (AFP) - ", "29 october 2019 baghdad"),
        ("BAGHDAD, Iraq, Oct. 29: ", "oct 29 baghdad iraq"),
        ("In Balad, May 4 rockets: ", "in balad may 4 rockets"),
    ],
    ids=["month first", "day first", "country", "no dateline"],
)
def test_the_date_of_a_dateline_comes_before_its_place(begin: str, words: str) -> None:
    assert lead_of(begin + WIRE)[:-30] == (*words.split(), *lead_of())[:-30]


@pytest.mark.parametrize(
    ("opening", "rest"),
    [
        ("Two rockets hit Balad air base north of Baghdad.", "No group claimed it at once."),
        ("A large plane brought 4.5 tonnes of U.S. aid on Sunday.", "More of it comes on Monday."),
        ("هل سقطت ثلاثة صواريخ كاتيوشا على قاعدة بلد الجوية؟", "لا خسائر فيها حتى الآن"),
    ],
    ids=["English", "abbreviation and number", "Arabic"],
)
def test_the_opening_is_the_first_sentence(opening: str, rest: str) -> None:
    assert opening_of(f"{opening} {rest}") == lead_of(f"{opening} {rest}")[: len(opening.split())]


def test_a_first_sentence_of_few_words_is_read_with_the_next() -> None:
    assert opening_of(f"A flash. {WIRE}") == ("a", "flash", *opening_of(WIRE))


@pytest.mark.parametrize(("words", "opens"), [(LEAST_OPENING - 1, False), (LEAST_OPENING, True)])
def test_a_text_of_few_words_has_no_opening(words: int, *, opens: bool) -> None:
    assert bool(opening_of("word " * words)) == opens


def test_the_opening_is_a_part_of_the_lead() -> None:
    assert len(opening_of("word " * 1000 + ". More.")) == MOST_WORDS
