"""One pass over the texts of an event that finds the names and phrases of all rules."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

from services.matcher.domain.text.fold import CharSpan, fold, raw_span, written_span
from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.report_words import ReportWords

WordSpan = tuple[int, int]
"""Whole words of the folded texts: index of the first letter, and past the last letter."""
NO_LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_SHORT = 8192
"""Up to here a look through all the texts for each span costs less than their chunks."""


ListedWord = tuple[str, tuple[str, ...]]
"""A word, and the keys of the word lists that it may be of."""


class ScannedText(NamedTuple):
    """The value of a field of an event, or one of its values."""

    field: str
    raw: str


@dataclass(slots=True)
class ScanResult:
    """The texts of an event, folded and joined, and the literals of the scanner that they hold.

    `starts` has the index in `folded` at which each text starts. `literals` also has the keys of
    the word lists of which they have a word; `listed` has these words.
    """

    texts: tuple[ScannedText, ...]
    starts: tuple[int, ...]
    folded: str
    literals: frozenset[str]
    listed: tuple[ListedWord, ...] = ()
    _word_spans: dict[str, list[WordSpan]] = field(default_factory=dict)
    _words: ReportWords | None = None
    _triggers: dict[str, list[str]] | None = None

    @property
    def triggers(self) -> Mapping[str, Sequence[str]]:
        """The words of the texts by the key of each word list that they may be of."""
        if self._triggers is None:
            self._triggers = {}
            for word, keys in self.listed:
                for key in keys:
                    self._triggers.setdefault(key, []).append(word)
        return self._triggers

    @property
    def words(self) -> ReportWords:
        """The words of all texts."""
        if self._words is None:
            self._words = ReportWords(self.folded, self.starts)
        return self._words

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
        start, raw = self.starts[index], self.texts[index].raw
        if len(self.folded) <= _SHORT and (written := written_span(raw, self._unique_words(span))):
            return written
        return raw_span(raw, span[0] - start, span[1] - start)

    def _unique_words(self, span: WordSpan) -> str:
        """The words of a span; empty if the texts hold them more than once."""
        words = self.folded[span[0] - 1 : span[1] + 1]
        return words[1:-1] if self.folded.find(words) == self.folded.rfind(words) else ""

    def _index_at(self, span: WordSpan) -> int:
        return bisect_right(self.starts, span[0]) - 1


def _find_literal(folded: str, literal: str) -> Iterator[WordSpan]:
    """The spans of a literal; a word that it is the beginning of counts whole."""
    start = folded.find(literal)
    while start >= 0:
        yield start + 1, _end_of(folded, literal, start)
        start = folded.find(literal, start + 1)


def _end_of(folded: str, literal: str, start: int) -> int:
    """The index past the last letter of the words that start with the literal."""
    end = start + len(literal)
    return end - 1 if literal[-1] == " " else folded.index(" ", end)


class Scanner:
    """Finds literals (`' words '`, or `' prefix'` of a word) in one pass, and word lists by words.

    `lists` has the keys of the word lists that each word may be of.
    """

    def __init__(
        self, literals: Iterable[str], lists: Mapping[str, tuple[str, ...]] = NO_LISTS
    ) -> None:
        self._automaton = AhoCorasick(sorted(set(literals)), store_patterns=True)
        # in bytes: the places of matches, which nobody asks for, need not be counted in letters
        self._words = BytesAhoCorasick([f" {word} ".encode() for word in lists])
        # apart: a pair for each word would take as much memory as half of the automaton
        self._listed, self._keys = tuple(lists), tuple(lists.values())

    def scan(self, texts: Sequence[ScannedText]) -> ScanResult:
        """The literals in `texts`; none reaches from one text into the next."""
        folded = [fold(text.raw) for text in texts]
        joined = "".join(folded)
        literals = frozenset(self._automaton.find_matches_as_strings(joined, overlapping=True))
        listed: tuple[ListedWord, ...] = ()
        if self._listed:
            words = self._words.find_matches_as_indexes(joined.encode(), overlapping=True)
            numbers = {number for number, _, _ in words}
            listed = tuple((self._listed[number], self._keys[number]) for number in numbers)
            literals = literals.union(*(keys for _, keys in listed))
        starts = tuple(accumulate(map(len, folded[:-1]), initial=0))
        return ScanResult(tuple(texts), starts, joined, literals, listed)


def contains_phrase(scan: ScanResult, phrase: Phrase, fields: frozenset[str]) -> bool:
    """Whether one of the fields holds the phrase."""
    for part in phrase.parts:  # asked often: most scans lack a part
        if not scan.contains(part.literal):
            return False
    return any(scan.text_at(span).field in fields for span in find_phrase(scan, phrase))


def find_phrase(scan: ScanResult, phrase: Phrase) -> list[WordSpan]:
    """Every span of the phrase in order; of those with the same first word the shortest.

    The words between the parts count against the slack, so of several beginnings for an end the
    latest is best: the time is linear in the text.
    """
    first, *others = phrase.parts
    if not others:
        return scan.find_literal(first.literal)
    second, *others = others
    spans = list(_pair_spans(scan.folded, first.literal, second.literal))
    for part in others:
        spans = _extend_spans(spans, scan.find_literal(part.literal))
    spans = [span for span in spans if _fits(scan.folded, span, phrase.max_words)]
    return sorted(dict(reversed(spans)).items())


def _pair_spans(folded: str, first: str, second: str) -> Iterator[WordSpan]:
    """The spans from each `first` to the next `second`, unless another `first` comes before it."""
    start = folded.find(first)
    while start >= 0:
        # words that follow each other share the space between them
        following = folded.find(second, start + len(first) - 1)
        if following < 0:
            return
        start = folded.rfind(first, start, following + 1)
        yield start + 1, _end_of(folded, second, following)
        start = folded.find(first, start + 1)


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
