from tests.chaos.load import LoadProfile, batches
from tests.chaos.material import StoryPart
from tests.chaos.seeded import seeded_random

PROFILE = LoadProfile(rate=200, stories=2, seconds=60)


def parts_of(seed: int) -> list[StoryPart | None]:
    return [part for _, parts in batches(PROFILE, seeded_random("load", seed)) for part in parts]


def test_the_rate_is_kept_stories_included() -> None:
    made = list(batches(PROFILE, seeded_random("load", 1)))

    assert sum(len(parts) for _, parts in made) == 200 * 60
    assert max(len(parts) for _, parts in made) <= 200 * 0.1 + 5


def test_every_story_ends_within_the_time_with_all_its_reports() -> None:
    places = {part.place for part in parts_of(2) if part is not None}

    assert len(places) == (60 - 16) * 2
    rockets = [part for part in parts_of(2) if part is not None and part.base == "rocket"]
    assert len(rockets) >= 4 * len({part.place for part in rockets})


def test_a_load_that_ends_early_ends_with_its_last_story() -> None:
    made: list[list[StoryPart | None]] = []
    for _, parts in batches(PROFILE, seeded_random("load", 2), lambda: len(made) >= 100):
        made.append(parts)
    early = {part for parts in made for part in parts if part is not None}
    places = {part.place for part in early}

    assert 100 < len(made) < 100 + (16 + 1) * 10
    assert early == {part for part in parts_of(2) if part is not None and part.place in places}


def test_some_reports_are_corrected_by_their_id_in_the_story_that_they_are_of() -> None:
    parts = [part for part in parts_of(2) if part is not None]
    places = {part.name: part.place for part in parts if part.name is not None}
    corrections = [part for part in parts if part.retracts or part.supersedes]

    assert {bool(part.retracts) for part in corrections} == {True, False}
    assert all(places[part.retracts or part.supersedes or ""] == part.place for part in corrections)


def test_the_same_seed_makes_the_same_reports() -> None:
    assert parts_of(3) == parts_of(3)
    assert parts_of(3) != parts_of(4)
