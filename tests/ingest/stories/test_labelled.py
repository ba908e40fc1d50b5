import pytest

from bench.stories import LEAST_PRECISION, LEAST_RECALL, LabelledPair, Score, read_pairs, score


@pytest.fixture(scope="module")
def pairs() -> list[LabelledPair]:
    return list(read_pairs())


@pytest.fixture(scope="module")
def outcome(pairs: list[LabelledPair]) -> Score:
    return score(pairs)


def test_the_set_has_every_kind_in_both_languages(pairs: list[LabelledPair]) -> None:
    assert len(pairs) >= 300
    assert len({(pair.kind, pair.language) for pair in pairs}) == 10


def test_nearly_all_that_is_joined_is_one_story(outcome: Score) -> None:
    assert outcome.precision >= LEAST_PRECISION


def test_nearly_all_copies_are_joined(outcome: Score) -> None:
    assert outcome.recall("copies") >= LEAST_RECALL


@pytest.mark.parametrize("kind", ["others", "unrelated"])
def test_no_other_event_is_joined(kind: str, outcome: Score) -> None:
    assert outcome.recall(kind) == 0
