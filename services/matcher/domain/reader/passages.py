"""Passages: the pieces of a report that the model reads, each of a sentence or a few."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from services.matcher.domain.detection.report_sentences import ReportSentences
from services.matcher.domain.detection.view import scanned_fields

WORDS = 60
"""Sentences are joined while a passage has no more words: what one says, another explains."""
MOST_READ = 12
"""Passages of a report that are read: news says first what matters."""
LONGEST = 1000
"""Characters of a passage that are read."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of successive sentences, and their numbers in the report."""

    text: str
    sentences: tuple[int, ...]


def cut_passages(sentences: ReportSentences, field: str) -> tuple[Passage, ...]:
    """The first passages of a field, `title`, `text` or `words`; a title comes first."""
    fields = scanned_fields(field)
    held = (number for number in range(len(sentences)) if sentences.field_of(number) in fields)
    numbers = sorted(held, key=lambda number: sentences.field_of(number) != "title")
    texts = {number: " ".join(sentences.raw(number).split()) for number in numbers}
    return tuple(_make_passage(texts, joined) for joined in islice(_join(texts), MOST_READ))


def _join(texts: Mapping[int, str]) -> Iterator[tuple[int, ...]]:
    joined: tuple[int, ...] = ()
    words = 0
    for number, text in texts.items():
        length = text.count(" ") + 1
        if joined and words + length > WORDS:
            yield joined
            joined, words = (), 0
        joined, words = (*joined, number), words + length
    if joined:
        yield joined


def _make_passage(texts: Mapping[int, str], numbers: tuple[int, ...]) -> Passage:
    """A sentence that was cut for its length gives its text for each piece: it is read once."""
    whole = " ".join(dict.fromkeys(texts[number] for number in numbers))
    return Passage(whole[:LONGEST], numbers)
