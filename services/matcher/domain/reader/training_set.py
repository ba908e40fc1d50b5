"""What a pack's heads are trained on: labelled examples, and news of other matters."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.reader_training import ReaderTraining
from services.matcher.domain.reader.examples import Example

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Examples, and passages of `reports` reports of news, of which hardly any may fire."""

    examples: tuple[Example, ...]
    news: tuple[Example, ...] = ()
    reports: int = 0

    @property
    def rows(self) -> tuple[Example, ...]:
        """All of them, the news last."""
        return (*self.examples, *self.news)


def gather(
    examples: Iterable[Example], news: Iterable[Example] = (), reports: int = 0
) -> TrainingSet:
    """Each text once for the same labels, as its first example has it."""
    return TrainingSet(tuple(_merge(examples)), tuple(_merge(news)), reports)


def digest_examples(examples: Sequence[Example], goals: ReaderTraining) -> str:
    """The same while the examples and the goals are, whatever news there was."""
    described = [
        [each.text, sorted(each.labels), sorted(each.allow), sorted(each.about or ())]
        for each in examples
    ]
    raw = json.dumps([sorted(described), goals.precision, goals.false_firings]).encode()
    return hashlib.sha256(raw).hexdigest()[:_DIGITS]


def _merge(examples: Iterable[Example]) -> Iterator[Example]:
    """With white space as passages have it."""
    seen: set[tuple[str, frozenset[str] | None]] = set()
    for each in examples:
        text = " ".join(each.text.split())
        if (text, each.about) not in seen:
            seen.add((text, each.about))
            yield Example(text, each.labels, each.allow, each.about, each.example_id)
