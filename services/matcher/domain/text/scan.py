"""The one pass over a report's texts that every name and phrase of all rules is found in."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from services.matcher.domain.text.fold import CharSpan, fold, raw_span
from services.matcher.domain.text.phrases import Phrase

WordSpan = tuple[int, int]
"""Words in the folded texts, as they follow one another: first letter, and past the last."""


class ScannedText(NamedTuple):
    """One text of an event: the field it is the value, or one value, of."""

    field: str
    raw: str


@dataclass(slots=True)
class ScanResult:
    """What was found in one event's texts, and what else is asked of them.

    `found` are the literals of the scanner that stand there, each as often as it does, in the order
    in which they end; `literals` has of each of them its last place in that order. `words` are all
    those of the scanner that are one word.
    """

    texts: tuple[ScannedText, ...]
    starts: tuple[int, ...]
    folded: str
    literals: Mapping[str, int]
    found: list[str]
    words: frozenset[str]
    _sought: dict[str, list[WordSpan]] = field(default_factory=dict)
    _earliest: Mapping[str, int] | None = None
    _longer: int = 0

    def holds(self, literal: str) -> bool:
        """Whether it stands there, whether or not the scanner knows it."""
        return literal in self.literals or literal in self.folded

    def places_of(self, literal: str) -> list[WordSpan]:
        """Its places in order, whether or not the scanner knows it; looked for when asked."""
        known = self._sought.get(literal)
        if known is None:
            known = self._sought[literal] = list(_places_in(self.folded, literal))
        return known

    def may_follow(self, first: str, second: str, most: int) -> bool:
        """Whether the second of two words might stand after the first, `most` words in all.

        Both were found. False where too many other words were found between them.
        """
        if self._earliest is None:
            last = len(self.found) - 1
            self._earliest = dict(zip(reversed(self.found), range(last, -1, -1), strict=True))
            # what is longer than a word stands between two words without being one
            self._longer = len(self.found) - sum(map(self.words.__contains__, self.found))
        earliest, latest = self._earliest, self.literals
        between = earliest[second] - latest[first]
        return between < most + self._longer and earliest[first] < latest[second]

    def text_at(self, place: WordSpan) -> ScannedText:
        """The text that holds it."""
        return self.texts[bisect_right(self.starts, place[0]) - 1]

    def stretch(self, place: WordSpan) -> CharSpan:
        """Where it stands in its raw text."""
        index = bisect_right(self.starts, place[0]) - 1
        start = self.starts[index]
        raw = self.texts[index].raw
        return raw_span(raw, place[0] - start, place[1] - start)


def is_word(literal: str) -> bool:
    """Whether it is one whole word."""
    return literal[-1] == " " and literal.find(" ", 1) == len(literal) - 1


def _places_in(folded: str, literal: str) -> Iterator[WordSpan]:
    start = folded.find(literal)
    while start >= 0:
        yield place_at(folded, literal, start)
        start = folded.find(literal, start + 1)


def place_at(folded: str, literal: str, start: int) -> WordSpan:
    """The place of a literal that begins at `start`; a word that goes on is taken whole."""
    end = start + len(literal)
    return start + 1, end - 1 if literal[-1] == " " else folded.index(" ", end)


class Scanner:
    """Finds literals (`' words '`, or `' beginn'` for a word that goes on) in one pass."""

    def __init__(self, literals: Iterable[str]) -> None:
        known = set(literals)
        self._words = frozenset(filter(is_word, known))
        self._automaton = AhoCorasick(sorted(known), store_patterns=True)

    def scan(self, texts: Sequence[ScannedText]) -> ScanResult:
        """Everything that stands in `texts`; nothing reaches from one into the next."""
        folded = [fold(text.raw) for text in texts]
        haystack = "".join(folded)
        found = self._automaton.find_matches_as_strings(haystack, overlapping=True)
        literals = dict(zip(found, range(len(found)), strict=True))
        starts = tuple(accumulate(map(len, folded[:-1]), initial=0))
        return ScanResult(tuple(texts), starts, haystack, literals, found, self._words)


def places(scan: ScanResult, phrase: Phrase) -> list[WordSpan]:
    """Where the phrase stands, in order; of several from one first word the shortest.

    Words let in are the words of the stretch but those of the phrase, so the best beginning for
    an end is the latest: the time is linear in the hits.
    """
    first, *others = (scan.places_of(piece.literal) for piece in phrase.pieces)
    found = first
    for following in others:
        found = _extended(found, following)
    if not others:
        return found
    nearest = dict(reversed(found))
    return sorted(place for place in nearest.items() if within(scan.folded, place, phrase.most))


def _extended(found: list[WordSpan], following: list[WordSpan]) -> list[WordSpan]:
    """Each following hit joined to the latest of the found that ends before it."""
    longer: list[WordSpan] = []
    before = 0
    for start, end in following:
        while before < len(found) and found[before][1] < start:
            before += 1
        if before:
            longer.append((found[before - 1][0], end))
    return longer


def within(folded: str, place: WordSpan, most: int) -> bool:
    """Whether the stretch is of one text, and of at most so many words."""
    start, end = place
    return folded.count(" ", start, end) < most and folded.find("  ", start, end) < 0
