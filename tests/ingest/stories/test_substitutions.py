import pytest

from services.ingest.domain.stories.lead import read_lead
from services.ingest.domain.stories.substitutions import has_other_fact, has_substitution
from tests.ingest.stories.wires import WIRE, wire


def differs(text: str, other: str) -> bool:
    leads = [read_lead(wire("a", each))[0] for each in (text, other)]
    return has_substitution(leads[0], leads[1])


def differs_in_fact(text: str, other: str) -> bool:
    leads = [read_lead(wire("a", each))[0] for each in (text, other)]
    return has_other_fact(leads[0], leads[1])


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("Balad", "Taji"),
        ("four Iraqi", "six Iraqi"),
        ("Eight", "Two"),
        ("on Sunday", "on Tuesday"),
        ("Iraqi", "Iranian"),
        ("wounding four", "wounding four and killing 2"),
    ],
)
def test_another_place_number_day_or_people_is_a_substitution(words: str, others: str) -> None:
    assert differs(WIRE, WIRE.replace(words, others))
    assert differs(WIRE.replace(words, others), WIRE)


@pytest.mark.parametrize(
    ("word", "other"),
    [("Iraq", "Iran"), ("Niger", "Nigeria"), ("Tuesday", "Thursday"), ("Baghdad", "Baghlan")],
)
def test_names_that_look_alike_are_not_one(word: str, other: str) -> None:
    assert differs(
        f"Rockets fell on a base in {word}, it says", f"Rockets fell on a base in {other}, it says"
    )


@pytest.mark.parametrize(
    "copy",
    [
        "BAGHDAD (Reuters) - " + WIRE,
        "UPDATE 1 - " + WIRE,
        WIRE[: WIRE.index(" No group")],
        WIRE + " (Reporting by 2 of our staff)",
        WIRE.replace("U.S.", "US").replace("military said", "military has said"),
        WIRE.replace("Eight", "8").replace("Iraqi airmen", "airmen of Iraq"),
    ],
    ids=["dateline", "update", "cut", "byline", "spelling", "moved"],
)
def test_what_an_outlet_does_to_a_wire_is_none(copy: str) -> None:
    assert not differs(WIRE, copy)
    assert not differs(copy, WIRE)


def test_the_end_of_a_short_report_counts() -> None:
    assert differs("Rockets hit a base near Balad", "Rockets hit a base near Taji")


@pytest.mark.parametrize(("ends", "differ"), [("for 9 hours.", True), ("in the night.", False)])
def test_a_long_report_that_ends_in_another_number_is_an_update(ends: str, differ: bool) -> None:
    text = f"{WIRE} Hospitals ran on generators for 7 hours."

    assert differs(text, text.replace("for 7 hours.", ends)) == differ


def test_ends_of_many_words_are_what_outlets_add() -> None:
    ends = ("Reporting by 2 staff in Baghdad", "Our app brings 3 more such stories")

    assert not differs(f"{WIRE} {ends[0]}", f"{WIRE} {ends[1]}")


def test_in_arabic_a_word_with_other_clitics_is_the_same() -> None:
    text = "قالت الحكومة إن القوات في بغداد بخير"
    assert not differs(text, text.replace("الحكومة", "حكومة").replace("القوات", "للقوات"))
    assert differs(text, text.replace("بغداد", "كركوك"))


@pytest.mark.parametrize(
    ("begin", "place", "other"),
    [
        ("It fell in", "Haifa", "Acre"),
        ("It fell near the village of", "Taji", "Latifiya"),
        ("وقع في منطقة", "التاجي", "اللطيفية"),
    ],
)
def test_a_long_report_that_ends_in_another_place_is_of_another_event(
    begin: str, place: str, other: str
) -> None:
    text = f"{WIRE} {begin} {place}."

    assert differs(text, text.replace(place, other))
    assert differs_in_fact(text, text.replace(place, other))


@pytest.mark.parametrize(
    ("sentence", "anew"),
    [
        ("Three men were wounded.", "Five men were wounded."),
        ("The search ended on Monday.", "On Friday the search was called off."),
        ("It fell in the Taji area at night.", "It fell in the Rashad area at night."),
        ("Nobody was hurt.", "Two men were hurt."),
        ("وأصيب ثلاثة جنود بجروح.", "وأصيب خمسة جنود بجروح."),
        ("ووقع الانفجار قرب التاجي ليلا.", "ووقع الانفجار قرب بعقوبة ليلا."),
    ],
)
def test_another_number_day_or_place_is_another_fact(sentence: str, anew: str) -> None:
    text = f"{WIRE} {sentence} An inquiry has begun, it added."

    assert differs_in_fact(text, text.replace(sentence, anew))
    assert differs_in_fact(text.replace(sentence, anew), text)


def test_ends_with_other_numbers_are_other_facts_however_long() -> None:
    assert differs_in_fact(
        f"{WIRE} Later the governor spoke of three dead and many wounded soldiers",
        f"{WIRE} Hospitals in the province have meanwhile received seven bodies",
    )


@pytest.mark.parametrize(
    ("sentence", "anew"),
    [
        ("Rescuers pulled 31 bodies from the water.", "Divers recovered 31 bodies from the lake."),
        ("The union demands a raise.", "Its members want more pay."),
        ("وفر المهاجمون باتجاه جبال حمرين.", "وهرب المهاجمون باتجاه جبال حمرين."),
    ],
)
def test_other_words_are_no_other_fact(sentence: str, anew: str) -> None:
    text = f"{WIRE} {sentence} An inquiry has begun, it added."

    assert differs(text, text.replace(sentence, anew))
    assert not differs_in_fact(text, text.replace(sentence, anew))
