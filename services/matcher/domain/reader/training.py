"""Training: from examples to heads, the same heads every time."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from schemas.reader_training import ReaderTraining
from services.counts import format_count
from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.heads import KnownExample, MeaningHead, TrainedPack
from services.matcher.domain.reader.ports import HeadFitter, Plane, SentenceModel, Vector
from services.matcher.domain.reader.thresholds import (
    OUT_OF_REACH,
    ScoredHead,
    choose_threshold,
    limit_firings,
    temper,
)
from services.matcher.domain.reader.training_set import TrainingSet, digest_examples

FEWEST_POSITIVES = 8
"""With fewer a head learns the examples, not the meaning."""
FOLDS = 5
MOST_EXAMPLES = 12
"""Examples that a head keeps to be compared with: those that it is surest of."""
Labels = Sequence[Sequence[bool | None]]


@dataclass(frozen=True, slots=True)
class Trainer:
    """Reads examples and fits heads to them."""

    model: SentenceModel
    fit: HeadFitter


def train_heads(
    meanings: Sequence[str], given: TrainingSet, trainer: Trainer, goals: ReaderTraining
) -> TrainedPack:
    """A head for each meaning with 8 positive examples or more.

    Its threshold comes from scores of examples and news that the scoring head was not trained on.
    Blocks while the model reads all of them.
    """
    counts = {name: sum(each.says(name) is True for each in given.examples) for name in meanings}
    trainable = [name for name in meanings if counts[name] >= FEWEST_POSITIVES]
    notes = [_note_few(name, counts[name]) for name in meanings if name not in trainable]
    heads: dict[str, MeaningHead] = {}
    for name, head in _train(trainable, given, trainer, goals):
        if head.threshold == OUT_OF_REACH:
            notes.append(_note_unsure(name, goals.precision))
        else:
            heads[name] = head
    digest = digest_examples(given.examples, goals)
    return TrainedPack(trainer.model.name, digest, heads, given.reports, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Column:
    """One meaning in the training: the held-out score and the label of each row."""

    scores: tuple[float, ...]
    labels: tuple[bool | None, ...]

    def known(self, rows: slice) -> Iterator[tuple[float, bool]]:
        """The score and the label of the rows whose label is known."""
        for score, label in zip(self.scores[rows], self.labels[rows], strict=True):
            if label is not None:
                yield score, label


def _train(
    names: Sequence[str], given: TrainingSet, trainer: Trainer, goals: ReaderTraining
) -> Iterator[tuple[str, MeaningHead]]:
    if not names:
        return
    vectors = trainer.model.embed([each.text for each in given.rows])
    labels = [[each.says(name) for name in names] for each in given.rows]
    scores = _score_held_out(given.rows, vectors, labels, trainer.fit)
    by_head = zip(zip(*scores, strict=True), zip(*labels, strict=True), strict=True)
    columns = [_Column(own_scores, own_labels) for own_scores, own_labels in by_head]
    thresholds = _choose_thresholds(columns, given, goals)
    planes = trainer.fit(vectors, labels)
    for name, column, plane, threshold in zip(names, columns, planes, thresholds, strict=True):
        examples = _choose_examples(column, given.examples, vectors)
        positives = sum(label is True for label in column.labels)
        yield name, MeaningHead(plane, threshold, positives, examples)


def _choose_thresholds(
    columns: Sequence[_Column], given: TrainingSet, goals: ReaderTraining
) -> list[float]:
    labelled, news = slice(len(given.examples)), slice(len(given.examples), None)
    scored = [tuple(column.known(labelled)) for column in columns]
    common = choose_threshold(chain.from_iterable(scored), goals.precision)
    heads = [
        ScoredHead(
            temper(choose_threshold(own, goals.precision), common),
            tuple(score for score, positive in own if positive),
            tuple(score for score, _ in column.known(news)),
        )
        for own, column in zip(scored, columns, strict=True)
    ]
    return limit_firings(heads, int(goals.false_firings * given.reports / 10_000))


def _choose_examples(
    column: _Column, examples: Sequence[Example], vectors: Sequence[Vector]
) -> tuple[KnownExample, ...]:
    positives = [number for number, _ in enumerate(examples) if column.labels[number]]
    clearest = sorted(positives, key=lambda number: -column.scores[number])[:MOST_EXAMPLES]
    return tuple(
        KnownExample(examples[each].text, examples[each].example_id, vectors[each])
        for each in clearest
    )


def _note_few(name: str, count: int) -> str:
    few = format_count(count, "positive example is", "positive examples are")
    return f"{name}: off, since {few} under {FEWEST_POSITIVES}"


def _note_unsure(name: str, precision: float) -> str:
    return f"{name}: off, since no score of held-out examples is right {precision:.0%} of the time"


def fold_of(text: str) -> int:
    """The fold of a text: the same for the same text, whatever else there is."""
    return zlib.crc32(text.encode()) % FOLDS


def _score_held_out(
    examples: Sequence[Example], vectors: Sequence[Vector], labels: Labels, fit: HeadFitter
) -> list[list[float]]:
    """The scores of each example by heads that were trained without its fold."""
    folds = [fold_of(each.text) for each in examples]
    scores: list[list[float]] = [[] for _ in examples]
    for fold in sorted(set(folds)):
        kept = [number for number, other in enumerate(folds) if other != fold]
        planes = fit([vectors[each] for each in kept], [labels[each] for each in kept])
        for number, other in enumerate(folds):
            if other == fold:
                scores[number] = [_score(plane, vectors[number]) for plane in planes]
    return scores


def _score(plane: Plane, vector: Vector) -> float:
    return MeaningHead(plane, 0.0, 0).score(vector)
