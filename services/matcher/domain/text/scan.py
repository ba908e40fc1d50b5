"""One pass over the texts of an event that finds the names and phrases of all rules."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from services.matcher.domain.text.fold import CharSpan, fold, nearby_span, raw_span
from services.matcher.domain.text.literal_order import LiteralOrder, is_single_word
from services.matcher.domain.text.literal_spans import end_of, find_literal
from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.report_words import ReportWords

WordSpan = tuple[int, int]
"""Whole words of the folded texts: index of the first letter, and past the last letter."""
_SHORT = 8192
"""Up to here a look through all the texts for each span costs less than their chunks."""


Begun = tuple[str, AbstractSet[str]]
"""The key of a word list, and words of which a text has one too if it holds the list."""


class ListedWord(NamedTuple):
    """The lists that a word may be of: the keys of those that it is enough for, and others."""

    keys: tuple[str, ...] = ()
    begun: tuple[Begun, ...] = ()

    def joined(self, other: "ListedWord") -> "ListedWord":
        """The lists of both."""
        return ListedWord((*self.keys, *other.keys), (*self.begun, *other.begun))


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The words of word lists; `keys` has the keys of all lists in it.

    `in_ascii` has those in ASCII again: they are few, and so looked up in less time.
    """

    words: Mapping[str, ListedWord] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    in_ascii: Mapping[str, ListedWord] = field(default_factory=dict)

    def find(self, words: Collection[str]) -> list[tuple[str, ListedWord]]:
        """Those of the words that are in a list."""
        look_up = (self.in_ascii if all(map(str.isascii, words)) else self.words).get
        return [(word, listed) for word in words if (listed := look_up(word))]


NO_INDEX = WordIndex()


class ScannedText(NamedTuple):
    """The value of a field of an event, or one of its values."""

    field: str
    raw: str


@dataclass(slots=True)
class ScanResult:
    """The texts of an event, folded and joined, and the literals of the scanner that they hold.

    `starts` has the index in `folded` at which each text starts. `index` has all word lists, for
    who asks.
    """

    texts: tuple[ScannedText, ...]
    starts: Sequence[int]
    folded: str
    order: LiteralOrder
    literals: AbstractSet[str]
    index: WordIndex = NO_INDEX
    _word_spans: dict[str, list[WordSpan]] = field(default_factory=dict)
    _words: ReportWords | None = None

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
            spans = self._word_spans[literal] = list(find_literal(self.folded, literal))
        return spans

    def text_at(self, span: WordSpan) -> ScannedText:
        """The text that the words are in."""
        return self.texts[self._index_at(span)]

    def raw_span(self, span: WordSpan) -> CharSpan:
        """The characters of the raw text that the words were folded from."""
        index = self._index_at(span)
        start, raw = self.starts[index], self.texts[index].raw
        first, last = span[0] - start, span[1] - start
        near = None
        if len(self.folded) <= _SHORT and self._is_unique(span):
            near = nearby_span(raw, self.folded[span[0] : span[1]], first)
        return near or raw_span(raw, first, last)

    def _is_unique(self, span: WordSpan) -> bool:
        """Whether the texts hold the words of the span only there."""
        start = span[0] - 1
        words = self.folded[start : span[1] + 1]
        return self.folded.find(words) == start and self.folded.find(words, start + 1) < 0

    def _index_at(self, span: WordSpan) -> int:
        return bisect_right(self.starts, span[0]) - 1


class Scanner:
    """Finds literals (`' words '`, or `' prefix'` of a word) in one pass."""

    def __init__(self, literals: Iterable[str], index: WordIndex = NO_INDEX) -> None:
        self._index = index
        literals = frozenset(literals)
        self._longer = frozenset(each for each in literals if not is_single_word(each))
        self._automaton = AhoCorasick(literals, store_patterns=True)

    def scan(self, texts: Sequence[ScannedText]) -> ScanResult:
        """The literals in `texts`; none reaches from one text into the next."""
        folded, starts, end = [], [], 0
        for text in texts:
            starts.append(end)
            folded.append(words := fold(text.raw))
            end += len(words)
        joined = "".join(folded)
        found = self._automaton.find_matches_as_strings(joined, overlapping=True)
        order = LiteralOrder(found, self._longer)
        return ScanResult(tuple(texts), starts, joined, order, frozenset(found), self._index)


def contains_phrase(scan: ScanResult, phrase: Phrase, fields: frozenset[str]) -> bool:
    """Whether one of the fields holds the phrase."""
    for part in phrase.parts:
        if not scan.contains(part.literal):
            return False
    return any(scan.text_at(span).field in fields for span in _fitting_spans(scan, phrase))


def find_phrase(scan: ScanResult, phrase: Phrase) -> list[WordSpan]:
    """Every span of the phrase in order; of those with the same first word the shortest.

    The words between the parts count against the slack, so of several beginnings for an end the
    latest is best: the time is linear in the text.
    """
    spans = list(_fitting_spans(scan, phrase))
    return spans if len(phrase.parts) == 1 else sorted(dict(reversed(spans)).items())


def _fitting_spans(scan: ScanResult, phrase: Phrase) -> Iterable[WordSpan]:
    """The spans of the phrase by their ends; several may have the same first word."""
    first, *others = phrase.parts
    if not others:
        return scan.find_literal(first.literal)
    second, *others = others
    spans = _pair_spans(scan.folded, first.literal, second.literal)
    for part in others:
        spans = _extend_spans([*spans], scan.find_literal(part.literal))
    return (span for span in spans if _fits(scan.folded, span, phrase.max_words))


def _pair_spans(folded: str, first: str, second: str) -> Iterator[WordSpan]:
    """The spans from each `first` to the next `second`, unless another `first` comes before it."""
    start = folded.find(first)
    while start >= 0:
        # words that follow each other share the space between them
        following = folded.find(second, start + len(first) - 1)
        if following < 0:
            return
        start = folded.rfind(first, start, following + 1)
        yield start + 1, end_of(folded, second, following)
        start = folded.find(first, start + 1)


def _extend_spans(spans: Sequence[WordSpan], following: Iterable[WordSpan]) -> Iterator[WordSpan]:
    """Each following span joined to the latest of `spans` that ends before it."""
    for start, end in following:
        before = bisect_left(spans, start, key=itemgetter(1))
        if before:
            yield spans[before - 1][0], end


def _fits(folded: str, span: WordSpan, max_words: int) -> bool:
    """Whether the span is in one text and has at most `max_words` words."""
    return folded.count(" ", *span) < max_words and folded.find("  ", *span) < 0
