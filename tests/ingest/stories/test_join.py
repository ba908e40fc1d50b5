from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.stories.join import WINDOW, choose_story
from services.ingest.domain.stories.report import KnownStory, StoryReport
from tests.ingest.stories.wires import NOON, VAGUE, WIRE, hours, story_report

Fields = dict[str, Any]


def known(*reports: StoryReport) -> KnownStory:
    return KnownStory("known", NOON, tuple(report.content for report in reports))


def joins(report: StoryReport, story: KnownStory) -> bool:
    return choose_story(report, [story]).story is story


def test_a_copy_joins_and_another_text_does_not() -> None:
    assert joins(story_report("b", "BAGHDAD - " + WIRE), known(story_report("a")))
    assert not joins(story_report("b", "The central bank sold dollars."), known(story_report("a")))


OPENING, REST = WIRE[: WIRE.index(" The base")], WIRE[WIRE.index(" The base") :]


@pytest.mark.parametrize("dateline", ["", "BALAD, Jan 5 (AFP) - ", "Breaking: "])
def test_a_copy_may_say_all_but_the_first_sentence_anew(dateline: str) -> None:
    copy = story_report("b", f"{dateline}{OPENING} American soldiers live at that airfield.")

    assert joins(copy, known(story_report("a", OPENING + " The base houses U.S. personnel.")))


def test_a_copy_whose_first_sentence_is_written_anew_is_another_story() -> None:
    anew = "Projectiles slammed into an airfield in Salahuddin, though nobody died, officers say."

    assert not joins(story_report("b", anew + REST), known(story_report("a")))


@pytest.mark.parametrize(
    "rest",
    [" It was fired from a lorry in Taji.", " Two men died later.", " They spoke on Monday."],
    ids=["place", "number", "day"],
)
def test_another_fact_behind_the_first_sentence_is_another_story(rest: str) -> None:
    first = " It was fired from a lorry in Dujail. Three men died later. They spoke on Friday."

    assert not joins(story_report("b", OPENING + rest), known(story_report("a", OPENING + first)))


def test_a_phrase_that_an_office_begins_with_makes_no_story() -> None:
    phrase = "The following is a statement by the spokesman of the armed forces."
    texts = [
        "Our units destroyed a workshop for bombs and a tunnel and took weapons, oil and papers",
        "Navy and coast guard began a drill with vessels of allies to keep lanes open for ships",
    ]

    assert not joins(
        story_report("b", f"{phrase} {texts[0]}"), known(story_report("a", f"{phrase} {texts[1]}"))
    )


def test_an_update_with_new_numbers_is_another_story() -> None:
    update = story_report("b", WIRE.replace("four", "six"))

    assert not joins(update, known(story_report("a")))


@pytest.mark.parametrize(("within", "expected"), [(timedelta(0), True), (timedelta(1), False)])
def test_a_story_is_as_long_as_the_window(within: timedelta, *, expected: bool) -> None:
    at = NOON + WINDOW + within

    assert (
        joins(story_report("b", occurred_at=at, recorded_at=at), known(story_report("a")))
        is expected
    )


@pytest.mark.parametrize(
    ("fields", "others"),
    [
        ({"country": "IQ"}, {"country": "IR"}),
        ({"place": "Balad"}, {"place": "Camp Taji"}),
        ({"lat": 34.0, "lon": 44.4}, {"lat": 33.3, "lon": 44.4}),
        ({"quantities": {"fatalities": 1}}, {"quantities": {"fatalities": 2}}),
        ({}, {"exercise": True}),
    ],
    ids=["country", "place", "position", "quantity", "drill"],
)
def test_fields_contradict_the_same_words(fields: Fields, others: Fields) -> None:
    assert not joins(story_report("b", **others), known(story_report("a", **fields)))


@pytest.mark.parametrize(
    ("fields", "others"),
    [
        ({"country": "IQ"}, {}),
        ({"place": "Balad"}, {"place": "Balad air base"}),
        ({"lat": 34.0, "lon": 179.9}, {"lat": 34.0, "lon": -179.9}),
        ({"quantities": {"fatalities": 1}}, {"quantities": {"wounded": 2}}),
    ],
    ids=["absent", "longer place", "across the date line", "another quantity"],
)
def test_fields_that_agree_or_are_absent_do_not(fields: Fields, others: Fields) -> None:
    assert joins(story_report("b", **others), known(story_report("a", **fields)))


def test_the_most_similar_story_is_joined() -> None:
    near = KnownStory("near", hours(1), (story_report("n", "By staff. " + WIRE).content,))
    nearest = KnownStory("nearest", hours(2), (story_report("m").content,))

    assert choose_story(story_report("b"), [near, nearest]).story is nearest


def test_a_vague_report_does_not_join_two_events() -> None:
    flash, balad = story_report("a", VAGUE), story_report("b")
    taji = story_report("c", WIRE.replace("Balad", "Taji"))
    first = choose_story(balad, [known(flash)])

    assert first.story is not None
    assert first.adds
    assert joins(taji, known(flash))
    assert not joins(taji, known(flash, balad))


def test_a_copy_adds_nothing_to_compare_with() -> None:
    assert not choose_story(story_report("b"), [known(story_report("a"))]).adds


def test_stories_do_not_drift() -> None:
    parts = [f"{number}a {number}b {number}c {number}d" for number in "abcdefgh"]
    texts = [" ".join(parts[start : start + 4]) * 2 for start in range(5)]
    drifted = known(*(story_report(f"r{number}", text) for number, text in enumerate(texts[:4])))

    assert not joins(story_report("last", texts[4]), drifted)
