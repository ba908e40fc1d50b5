from tests.chaos.dice import dice
from tests.chaos.load import LoadProfile, bundles
from tests.chaos.material import Part

PACE = LoadProfile(rate=200, stories=2, seconds=60)


def told(seed: int) -> list[Part | None]:
    return [part for _, parts in bundles(PACE, dice("load", seed)) for part in parts]


def test_the_rate_is_kept_stories_included() -> None:
    every = list(bundles(PACE, dice("load", 1)))

    assert sum(len(parts) for _, parts in every) == 200 * 60
    assert max(len(parts) for _, parts in every) <= 200 * 0.1 + 5


def test_every_story_ends_within_the_time_with_its_whole_cast() -> None:
    places = {part.place for part in told(2) if part is not None}

    assert len(places) == (60 - 16) * 2
    rockets = [part for part in told(2) if part is not None and part.base == "rocket"]
    assert len(rockets) >= 4 * len({part.place for part in rockets})


def test_the_same_seed_tells_the_same() -> None:
    assert told(3) == told(3)
    assert told(3) != told(4)
