"""Training: the same heads every time, and none without enough examples."""

import pytest

from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.training import (
    FEWEST_POSITIVES,
    TrainedPack,
    Trainer,
    fold_of,
    train_heads,
)
from tests.matcher.fakes import CountingModel, fit_means
from tests.matcher.reading import fire_examples


def _train(examples: list[Example], precision: float = 0.7) -> TrainedPack:
    return train_heads(["fire"], examples, Trainer(CountingModel(), fit_means), precision)


def test_the_same_examples_make_the_same_heads() -> None:
    assert _train(fire_examples()) == _train(fire_examples())


def test_a_head_is_surer_of_its_own_examples() -> None:
    head = _train(fire_examples()).heads["fire"]
    fire, talk = CountingModel().embed(["they shelled it", "the talks"])
    assert head.score(fire) > head.score(talk)
    assert head.positives == 20


@pytest.mark.parametrize(("count", "is_on"), [(FEWEST_POSITIVES, True), (7, False)])
def test_a_head_with_few_examples_is_noted_and_off(count: int, is_on: bool) -> None:
    trained = _train(fire_examples(count))
    assert ("fire" in trained.heads) is is_on
    assert trained.notes == (() if is_on else ("fire: off, since 7 positive examples are under 8",))


def test_a_head_that_is_never_right_enough_is_noted_and_off() -> None:
    same = [Example("x " * at, frozenset({"fire"} if at % 2 else ())) for at in range(1, 41)]
    trained = _train(same, precision=1.0)
    assert trained.heads == {}
    assert trained.notes == (
        "fire: off, since no score of held-out examples is right 100% of the time",
    )


def test_a_text_that_is_given_twice_counts_once() -> None:
    twice = [*fire_examples(), *fire_examples()]
    assert _train(twice) == _train(fire_examples())


def test_a_fold_depends_on_the_text_alone() -> None:
    assert {fold_of(f"text {at}") for at in range(50)} == {0, 1, 2, 3, 4}
    assert fold_of("text") == fold_of("text")
