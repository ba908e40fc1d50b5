"""Training: the same heads every time, and none without enough examples."""

from collections.abc import Sequence

import pytest

from schemas.reader_training import ReaderTraining
from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.heads import TrainedPack
from services.matcher.domain.reader.training import (
    FEWEST_POSITIVES,
    MOST_EXAMPLES,
    Trainer,
    fold_of,
    train_heads,
)
from services.matcher.domain.reader.training_set import gather
from tests.matcher.fakes import CountingModel, fit_means
from tests.matcher.reading import fire_examples


def _train(
    examples: list[Example], precision: float = 0.7, news: Sequence[Example] = ()
) -> TrainedPack:
    given = gather(examples, news, 10_000)
    goals = ReaderTraining(precision=precision, false_firings=2)
    return train_heads(["fire"], given, Trainer(CountingModel(), fit_means), goals)


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


def test_a_head_keeps_its_clearest_examples_to_be_compared_with() -> None:
    head = _train(fire_examples()).heads["fire"]
    (fire,) = CountingModel().embed(["they pounded it"])
    nearest = head.find_nearest(fire)
    assert len(head.examples) == MOST_EXAMPLES
    assert nearest is not None
    assert nearest.text.startswith("they pounded it")


def test_of_news_at_most_so_much_fires_as_the_pack_allows() -> None:
    about = frozenset({"fire"})
    news = [Example(f"they shelled it in round {at} of the game", about=about) for at in range(40)]
    allowing = _train(fire_examples(), news=news).heads["fire"]
    unaware = _train(fire_examples()).heads["fire"]
    vectors = CountingModel().embed([each.text for each in news])
    assert sum(unaware.score(each) >= unaware.threshold for each in vectors) == len(news)
    assert sum(allowing.score(each) >= allowing.threshold for each in vectors) <= 2


def test_news_changes_the_digest_of_the_examples_as_little_as_their_order() -> None:
    examples = fire_examples()
    known = _train(examples, news=[Example("a game", about=frozenset({"fire"}))])
    assert known.trained_on == _train(examples[::-1]).trained_on
    assert known.trained_on != _train(examples[1:]).trained_on
