"""Training: from examples to heads, the same heads every time."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.heads import MeaningHead
from services.matcher.domain.reader.ports import HeadFitter, Plane, SentenceModel, Vector
from services.matcher.domain.reader.thresholds import OUT_OF_REACH, choose_threshold, temper

FEWEST_POSITIVES = 8
"""With fewer a head learns the examples, not the meaning."""
FOLDS = 5
Labels = Sequence[Sequence[bool | None]]


@dataclass(frozen=True, slots=True)
class Trainer:
    """Reads examples and fits heads to them."""

    model: SentenceModel
    fit: HeadFitter


@dataclass(frozen=True, slots=True)
class TrainedPack:
    """The heads of one pack by meaning, and a note on each that is off."""

    heads: dict[str, MeaningHead]
    notes: tuple[str, ...]


def train_heads(
    meanings: Sequence[str], examples: Iterable[Example], trainer: Trainer, precision: float
) -> TrainedPack:
    """A head for each meaning with 8 positive examples or more.

    Its threshold comes from scores of examples that the scoring head was not trained on. Blocks
    while the model reads all examples.
    """
    known = tuple(_merge(examples))
    counts = {name: sum(each.says(name) is True for each in known) for name in meanings}
    trainable = [name for name in meanings if counts[name] >= FEWEST_POSITIVES]
    notes = [_note_few(name, counts[name]) for name in meanings if name not in trainable]
    heads: dict[str, MeaningHead] = {}
    for name, head in _train(trainable, known, trainer, precision):
        if head.threshold == OUT_OF_REACH:
            notes.append(_note_unsure(name, precision))
        else:
            heads[name] = head
    return TrainedPack(heads, tuple(notes))


def _train(
    names: Sequence[str], examples: Sequence[Example], trainer: Trainer, precision: float
) -> Iterator[tuple[str, MeaningHead]]:
    if not names:
        return
    vectors = trainer.model.embed([each.text for each in examples])
    labels = [[each.says(name) for name in names] for each in examples]
    scores = _score_held_out(examples, vectors, labels, trainer.fit)
    scored = [tuple(_pick(scores, labels, column)) for column in range(len(names))]
    common = choose_threshold(chain.from_iterable(scored), precision)
    for column, plane in enumerate(trainer.fit(vectors, labels)):
        positives = sum(positive for _, positive in scored[column])
        threshold = temper(choose_threshold(scored[column], precision), common)
        yield names[column], MeaningHead(plane, threshold, positives)


def _note_few(name: str, count: int) -> str:
    return f"{name}: off, since {count} positive examples are under {FEWEST_POSITIVES}"


def _note_unsure(name: str, precision: float) -> str:
    return f"{name}: off, since no score of held-out examples is right {precision:.0%} of the time"


def _merge(examples: Iterable[Example]) -> Iterator[Example]:
    """Each text once, as its first example has it, with white space as passages have it."""
    seen: set[tuple[str, frozenset[str] | None]] = set()
    for each in examples:
        text = " ".join(each.text.split())
        if (text, each.about) not in seen:
            seen.add((text, each.about))
            yield Example(text, each.labels, each.allow, each.about)


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


def _pick(
    scores: Sequence[Sequence[float]], labels: Labels, column: int
) -> Iterator[tuple[float, bool]]:
    """The scores of one head on the examples whose label is known."""
    for row, truth in zip(scores, labels, strict=True):
        known = truth[column]
        if known is not None:
            yield row[column], known
