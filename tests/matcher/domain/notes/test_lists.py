"""Notes on lists and places: at the boundary, and none beside it."""

import pytest

from tests.matcher.domain.notes.noted import find_notes


@pytest.mark.parametrize(
    ("member", "noted"),
    [
        ("{id: kh, name: Kataib, parent: bdr}", "members.0.parent: no other member"),
        ("{id: kh, name: Kataib, parent: kh}", "members.0.parent: no other member"),
        ("{id: kh, name: Kataib, parent: badr}", ""),
        ("{id: kh, name: Kataib, aliases: [BADR]}", "'BADR' also names 'badr', test/lists/a.yaml:"),
        ("{id: kh, name: Kataib, aliases: [Badr Corps]}", ""),
        ("{id: badr, name: Badr}", ""),
    ],
)
def test_members_are_noted_that_are_lost_or_taken_for_another(member: str, noted: str) -> None:
    notes = find_notes(
        lists__a="{name: a, members: [{id: badr, name: Badr}]}",
        lists__b=f"{{name: b, members: [{member}]}}",
    )

    assert len(notes) == bool(noted)
    assert all(noted in str(note) for note in notes)


@pytest.mark.parametrize(("radius", "count"), [("2000.1", 1), ("2000", 0)])
def test_a_site_is_noted_that_holds_more_than_a_theatre(radius: str, count: int) -> None:
    site = f"{{id: taji, name: Taji, lat: 33.5, lon: 44.2, radius_km: {radius}}}"

    notes = find_notes(places__bases=f"{{name: bases, sites: [{site}]}}")

    assert [note.field for note in notes] == ["sites.0.radius_km"] * count
