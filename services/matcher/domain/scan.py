"""The one pass over a report's texts that every name and phrase of all rules is found in."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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


def places(scan: Scan, phrase: Phrase) -> Iterable[Place]:
    """Where the phrase stands, in order of its ends."""
    hits = [scan.hits.get(piece.literal) for piece in phrase.pieces]
    if None in hits:
        return ()
    found = {end: (0, start) for start, end in hits[0] or ()}
    for following in hits[1:]:
        found = _extended(scan.folded, found, following or [], phrase.slack)
    return [(start, end) for end, (_, start) in found.items()]


def _extended(
    folded: str, found: dict[int, tuple[int, int]], following: list[Place], slack: int
) -> dict[int, tuple[int, int]]:
    """By end: the fewest words let in so far, and the start that goes with them."""
    longer: dict[int, tuple[int, int]] = {}
    for end, (used, start) in found.items():
        for more, next_end in _next(folded, end, following, slack - used):
            if next_end not in longer or (used + more, -start) < _rank(longer[next_end]):
                longer[next_end] = (used + more, start)
    return longer


def _rank(kept: tuple[int, int]) -> tuple[int, int]:
    return kept[0], -kept[1]


def _next(folded: str, end: int, following: list[Place], slack: int) -> Iterator[tuple[int, int]]:
    for start, next_end in following[bisect_left(following, (end, end)) :]:
        others = folded.count(" ", end, start) - 1
        if others > slack or folded.find("  ", end, start) >= 0:
            return
        yield others, next_end
