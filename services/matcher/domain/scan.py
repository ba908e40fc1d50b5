"""The one pass over a report's texts that every name and phrase of all rules is found in."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from services.matcher.domain.fold import Stretch, fold, raw_stretch
from services.matcher.domain.phrases import Phrase

Place = tuple[int, int]
"""Words in the folded texts, as they follow one another: first letter, and past the last."""


@dataclass(frozen=True, slots=True)
class ScannedText:
    """One text of an event: the field it is the value, or one value, of."""

    field: str
    raw: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found: by literal, its places in order."""

    texts: tuple[ScannedText, ...]
    starts: tuple[int, ...]
    folded: str
    hits: dict[str, list[Place]]

    def text_at(self, place: Place) -> ScannedText:
        """The text that holds it."""
        return self.texts[bisect_right(self.starts, place[0]) - 1]

    def stretch(self, place: Place) -> Stretch:
        """Where it stands in its raw text."""
        index = bisect_right(self.starts, place[0]) - 1
        start = self.starts[index]
        return raw_stretch(self.texts[index].raw, place[0] - start, place[1] - start)


class Scanner:
    """Finds literals (`' words '`, or `' beginn'` for a word that goes on) in one pass."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = tuple(sorted(set(literals)))
        self._automaton = AhoCorasick(self._literals, store_patterns=False)

    def scan(self, texts: Sequence[ScannedText]) -> Scan:
        """Everything that stands in `texts`; nothing reaches from one into the next."""
        folded = [fold(text.raw) for text in texts]
        starts, end = [], 0
        for part in folded:
            starts.append(end)
            end += len(part)
        haystack = "".join(folded)
        return Scan(tuple(texts), tuple(starts), haystack, self._hits(haystack))

    def _hits(self, haystack: str) -> dict[str, list[Place]]:
        hits: dict[str, list[Place]] = {}
        for number, start, end in self._automaton.find_matches_as_indexes(
            haystack, overlapping=True
        ):
            literal = self._literals[number]
            last = end - 1 if literal[-1] == " " else haystack.index(" ", end)
            hits.setdefault(literal, []).append((start + 1, last))
        return hits


def places(scan: Scan, phrase: Phrase) -> list[Place]:
    """Where the phrase stands, in order; of several from one first word the shortest.

    Words let in are the words of the stretch but those of the phrase, so the best beginning for
    an end is the latest: the time is linear in the hits.
    """
    first, *others = (scan.hits.get(piece.literal, []) for piece in phrase.pieces)
    found = first
    for following in others:
        found = _extended(found, following)
    if not others:
        return found
    most = phrase.slack + sum(piece.length for piece in phrase.pieces)
    nearest = dict(reversed(found))
    return sorted(place for place in nearest.items() if _within(scan.folded, place, most))


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


def _within(folded: str, place: Place, most: int) -> bool:
    """Whether the stretch is of one text, and of at most so many words."""
    start, end = place
    return folded.count(" ", start, end) < most and folded.find("  ", start, end) < 0
