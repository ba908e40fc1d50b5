import pytest

from bench.stories import (
    LEAST_PRECISION,
    LEAST_RECALL,
    SETS,
    LabelledPair,
    Score,
    read_pairs,
    score,
)


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[LabelledPair]]:
    return {name: list(read_pairs(path)) for name, path in SETS.items()}


@pytest.fixture(scope="module")
def scores(pairs: dict[str, list[LabelledPair]]) -> dict[str, Score]:
    return {name: score(each) for name, each in pairs.items()}


def test_the_first_set_has_every_kind_in_both_languages(
    pairs: dict[str, list[LabelledPair]],
) -> None:
    assert len(pairs["seen"]) >= 300
    assert len({(pair.kind, pair.language) for pair in pairs["seen"]}) == 10


@pytest.mark.parametrize("name", SETS)
def test_nearly_all_that_is_joined_is_one_story(name: str, scores: dict[str, Score]) -> None:
    assert scores[name].precision >= LEAST_PRECISION


@pytest.mark.parametrize("name", ["seen", "held out", "fresh"])
def test_nearly_all_copies_are_joined(name: str, scores: dict[str, Score]) -> None:
    assert scores[name].recall("copies") >= LEAST_RECALL


@pytest.mark.parametrize(
    ("name", "kind"), [("seen", "others"), ("seen", "unrelated"), ("seen later", "background")]
)
def test_no_other_event_is_joined(name: str, kind: str, scores: dict[str, Score]) -> None:
    assert scores[name].recall(kind) == 0
