"""The one pass over a report's texts that every name and phrase of all rules is found in."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick

from services.matcher.domain.fold import Stretch, fold
from services.matcher.domain.phrases import Phrase
from services.matcher.domain.raw_words import word_stretch

Place = tuple[int, int]
"""Words in the folded texts, as they follow one another: first letter, and past the last."""


@dataclass(frozen=True, slots=True)
class ScannedText:
    """One text of an event: the field it is the value, or one value, of."""

    field: str
    raw: str


@dataclass(slots=True)
class Scan:
    """What was found in one event's texts, and what else is asked of them.

    `literals` are those of the scanner that stand there.
    """

    texts: tuple[ScannedText, ...]
    starts: tuple[int, ...]
    folded: str
    literals: frozenset[str]
    _sought: dict[str, list[Place]] = field(default_factory=dict)
    _words: frozenset[str] | None = None

    @property
    def words(self) -> frozenset[str]:
        """Every word that stands there; worked out when first asked for."""
        if self._words is None:
            self._words = frozenset(self.folded.split())
        return self._words

    def holds(self, literal: str) -> bool:
        """Whether it stands there, whether or not the scanner knows it."""
        return literal in self.literals or literal in self.folded

    def places_of(self, literal: str) -> list[Place]:
        """Its places in order, whether or not the scanner knows it; looked for when asked."""
        known = self._sought.get(literal)
        if known is None:
            known = self._sought[literal] = list(_places_in(self.folded, literal))
        return known

    def text_at(self, place: Place) -> ScannedText:
        """The text that holds it."""
        return self.texts[bisect_right(self.starts, place[0]) - 1]

    def stretch(self, place: Place) -> Stretch:
        """Where it stands in its raw text."""
        index = bisect_right(self.starts, place[0]) - 1
        start = self.starts[index]
        first = self.folded.count(" ", start, place[0]) - 1
        last = first + self.folded.count(" ", *place)
        return word_stretch(self.texts[index].raw, first, last)


def _places_in(folded: str, literal: str) -> Iterator[Place]:
    start = folded.find(literal)
    while start >= 0:
        yield place_at(folded, literal, start)
        start = folded.find(literal, start + 1)


def place_at(folded: str, literal: str, start: int) -> Place:
    """The place of a literal that begins at `start`; a word that goes on is taken whole."""
    end = start + len(literal)
    return start + 1, end - 1 if literal[-1] == " " else folded.index(" ", end)


class Scanner:
    """Finds literals (`' words '`, or `' beginn'` for a word that goes on) in one pass."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._automaton = AhoCorasick(sorted(set(literals)), store_patterns=True)

    def scan(self, texts: Sequence[ScannedText]) -> Scan:
        """Everything that stands in `texts`; nothing reaches from one into the next."""
        folded = [fold(text.raw) for text in texts]
        starts, end = [], 0
        for part in folded:
            starts.append(end)
            end += len(part)
        haystack = "".join(folded)
        found = self._automaton.find_matches_as_strings(haystack, overlapping=True)
        return Scan(tuple(texts), tuple(starts), haystack, frozenset(found))


def places(scan: Scan, phrase: Phrase) -> list[Place]:
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


def _extended(found: list[Place], following: list[Place]) -> list[Place]:
    """Each following hit joined to the latest of the found that ends before it."""
    longer: list[Place] = []
    before = 0
    for start, end in following:
        while before < len(found) and found[before][1] < start:
            before += 1
        if before:
            longer.append((found[before - 1][0], end))
    return longer


def within(folded: str, place: Place, most: int) -> bool:
    """Whether the stretch is of one text, and of at most so many words."""
    start, end = place
    return folded.count(" ", start, end) < most and folded.find("  ", start, end) < 0
