"""One pass over the texts of an event that finds the names and phrases of all rules."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from services.matcher.domain.text.fold import CharSpan, fold, raw_span
from services.matcher.domain.text.phrases import Phrase

WordSpan = tuple[int, int]
"""Whole words of the folded texts: index of the first letter, and past the last letter."""


class ScannedText(NamedTuple):
    """The value of a field of an event, or one of its values."""

    field: str
    raw: str


@dataclass(slots=True)
class ScanResult:
    """The texts of an event, folded and joined, and the literals of the scanner that they hold.

    `starts` has the index in `folded` at which each text starts.
    """

    texts: tuple[ScannedText, ...]
    starts: tuple[int, ...]
    folded: str
    literals: frozenset[str]
    _word_spans: dict[str, list[WordSpan]] = field(default_factory=dict)

    def contains(self, literal: str) -> bool:
        """Whether the texts hold a literal, known to the scanner or not."""
        return literal in self.literals or literal in self.folded

    def find_literal(self, literal: str) -> list[WordSpan]:
        """Every span of a literal in order, known to the scanner or not."""
        spans = self._word_spans.get(literal)
        if spans is None:
            spans = self._word_spans[literal] = list(_find_literal(self.folded, literal))
        return spans

    def text_at(self, span: WordSpan) -> ScannedText:
        """The text that the words are in."""
        return self.texts[self._index_at(span)]

    def raw_span(self, span: WordSpan) -> CharSpan:
        """The characters of the raw text that the words were folded from."""
        index = self._index_at(span)
        start = self.starts[index]
        return raw_span(self.texts[index].raw, span[0] - start, span[1] - start)

    def _index_at(self, span: WordSpan) -> int:
        return bisect_right(self.starts, span[0]) - 1


def _find_literal(folded: str, literal: str) -> Iterator[WordSpan]:
    """The spans of a literal; a word that it is the beginning of counts whole."""
    start = folded.find(literal)
    while start >= 0:
        end = start + len(literal)
        yield start + 1, end - 1 if literal[-1] == " " else folded.index(" ", end)
        start = folded.find(literal, start + 1)


class Scanner:
    """Finds literals (`' words '`, or `' prefix'` of a word) in one pass."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._automaton = AhoCorasick(sorted(set(literals)), store_patterns=True)

    def scan(self, texts: Sequence[ScannedText]) -> ScanResult:
        """The literals in `texts`; none reaches from one text into the next."""
        folded = [fold(text.raw) for text in texts]
        joined = "".join(folded)
        literals = frozenset(self._automaton.find_matches_as_strings(joined, overlapping=True))
        starts = tuple(accumulate(map(len, folded[:-1]), initial=0))
        return ScanResult(tuple(texts), starts, joined, literals)


def contains_phrase(scan: ScanResult, phrase: Phrase, fields: frozenset[str]) -> bool:
    """Whether one of the fields holds the phrase."""
    for part in phrase.parts:  # asked often: most scans lack a part
        if not scan.contains(part.literal):
            return False
    return any(scan.text_at(span).field in fields for span in find_phrase(scan, phrase))


def find_phrase(scan: ScanResult, phrase: Phrase) -> list[WordSpan]:
    """Every span of the phrase in order; of those with the same first word the shortest.

    The words between the parts count against the slack, so of several beginnings for an end the
    latest is best: the time is linear in the number of parts found.
    """
    first, *others = (scan.find_literal(part.literal) for part in phrase.parts)
    spans = first
    for following in others:
        spans = _extend_spans(spans, following)
    if not others:
        return spans
    fitting = [span for span in spans if _fits(scan.folded, span, phrase.max_words)]
    shortest = dict(reversed(fitting))
    return sorted(shortest.items())


def _extend_spans(spans: list[WordSpan], following: list[WordSpan]) -> list[WordSpan]:
    """Each following span joined to the latest of `spans` that ends before it."""
    extended: list[WordSpan] = []
    for start, end in following:
        before = bisect_left(spans, start, key=itemgetter(1))
        if before:
            extended.append((spans[before - 1][0], end))
    return extended


def _fits(folded: str, span: WordSpan, max_words: int) -> bool:
    """Whether the span is in one text and has at most `max_words` words."""
    return folded.count(" ", *span) < max_words and folded.find("  ", *span) < 0
