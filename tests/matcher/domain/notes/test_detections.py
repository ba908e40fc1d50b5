"""Notes on detection rules: at the boundary, and none beside it."""

import pytest

from tests.matcher.domain.notes.noted import note_on_detection


@pytest.mark.parametrize(
    ("selections", "condition", "noted"),
    [
        ("town: {place: Taji},", "fire", "detection.town: the condition does not use"),
        ("town: {place: Taji},", "fire and town", ""),
        ("town: {place: Taji},", "fire and not 1 of to*", ""),
        ("_town: {place: Taji},", "all of them", "detection._town: the condition does not use"),
        ("land: {country: UK},", "fire and land", "UK is no country code"),
        ("land: {country: [IQ, XX]},", "fire and land", "detection.land.country.1: XX is no"),
        ("land: {country: 'NO'},", "fire and land", ""),
        ("land: {country|neq: [IQ, XK]},", "fire and land", ""),
        ("land: {country: null},", "fire and land", ""),
        ("land: [{country: I*}, {country|contains: XX}],", "fire and land", ""),
        ("near: {geo|within_km: taji 2000.1},", "fire and near", "2000.1 km is more than 2000"),
        ("near: {geo|within_km: taji 2000},", "fire and near", ""),
        ("say: {words|phrase: [rocket fire, fire]},", "fire and say", "'rocket fire' finds"),
        ("say: {words|phrase: [rockets hit, rocket*]},", "fire and say", "'rockets hit' finds"),
        ("say: {words|phrase: [rockets, rocket]},", "fire and say", ""),
        ("say: {words|phrase: [hit rocket*, rocket*]},", "fire and say", "'hit rocket*' finds"),
        ("say: {words|phrase: [fire, rocket fire ~3]},", "fire and say", "'rocket fire ~3' finds"),
        ("say: {words|phrase: [fire at, rocket fire ~3]},", "fire and say", ""),
        ("say: {words|phrase|all: [rocket fire, fire]},", "fire and say", ""),
    ],
)
def test_a_detection_is_noted_that_cannot_mean_what_it_asks(
    selections: str, condition: str, noted: str
) -> None:
    notes = note_on_detection(selections, condition)

    assert len(notes) == bool(noted)
    assert all(noted in note for note in notes)


def test_a_log_source_of_other_things_than_reports_is_noted() -> None:
    [note] = note_on_detection("", source="category: process_creation")

    assert "logsource.category: process_creation is not watched" in note
    assert not note_on_detection("", source="product: windows")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("An attack is likely, with high confidence.", 1),
        ("It is PROBABLY a bluff; we have moderate confidence.", 0),
        ("An attack is very unlikely. Confidence is high.", 0),
        ("Almost certainly a raid: confidence is low", 1),
        ("We are confident in {{ source }}.", 0),
    ],
)
@pytest.mark.parametrize("field", ["description: '%s'", "alert: {summary: '%s'}"])
def test_likelihood_and_confidence_are_noted_in_one_sentence(
    field: str, text: str, count: int
) -> None:
    assert len(note_on_detection("", more=field % text)) == count


def test_a_note_has_the_line_of_its_field() -> None:
    (note,) = note_on_detection("", more="alert: {action: 'Likely, with low confidence'}")

    assert note.startswith("test/indicators/rockets.yaml:6: alert.action: 'Likely' and")
    assert note.endswith("(ICD 203 keeps them apart: give the confidence a sentence of its own)")
