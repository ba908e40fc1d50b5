"""Cuts a raw text into sentences as `says` reads them: words, and where clauses may break."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.mark_capitals import mark_capitals
from services.matcher.domain.text.sentences import sentences

LONGEST = 120
"""Words that are read at once: a longer sentence is read in pieces, so that each costs little."""
_MARK = "0000000000000001"
"""A word that stands between two sentences while their words are counted."""
_COMMAS = re.escape("".join(language.writing.commas for language in LANGUAGES.values())) or ","
_STOPS = ";" + re.escape("".join(language.writing.stops for language in LANGUAGES.values()))
_BEHIND_MARK = " \t\r\n\u2028\u2029\"'”’»)]*_!"  # noqa: RUF001  (closing quotes as reports write them)
_HYPHENS = r"\-‐‑"  # noqa: RUF001  (hyphens as reports write them)
_QUOTES = "'‘’"  # noqa: RUF001  (as reports write them)
_PARTING = r":()\[\]\"“”«»„…—–"  # noqa: RUF001  (marks as reports write them)
# one set of characters, and only then what stands around one of them: all others are skipped fast
_BREAKS = re.compile(
    rf"[,{_COMMAS}{_STOPS}{_PARTING}{_QUOTES}.{_HYPHENS}](?:"
    rf"(?P<comma>(?<=,)(?<!\d,)|(?<=,)(?!\d)|(?<=[{_COMMAS}]))"
    rf"|(?P<stop>(?<=[{_STOPS}]))"
    rf"|(?P<hyphen>(?<=\w[{_HYPHENS}])(?=\w))"
    rf"|(?P<other>(?<=[{_PARTING}])|(?<=[{_QUOTES}])(?<!\w[{_QUOTES}])|(?<=[{_QUOTES}])(?!\w)"
    rf"|(?<=\.)\.|(?<=\s-)(?=\s)))"
)


class Marks(NamedTuple):
    """Words of a sentence, by number, with a mark before them.

    `breaks`: a clause may break there; of them `commas` follow a comma, `stops` a semicolon.
    `hyphens`: a hyphen joins them to the word before them.
    """

    breaks: frozenset[int] = frozenset()
    commas: frozenset[int] = frozenset()
    hyphens: frozenset[int] = frozenset()
    stops: frozenset[int] = frozenset()


class SentenceText(NamedTuple):
    """A sentence, or a piece of a long one.

    `start` and `end` number its words in the text, `skipped` its words before them that belong to
    earlier pieces of `raw`.
    """

    start: int
    end: int
    raw: str
    skipped: int = 0

    @property
    def mark(self) -> str:
        """The sign on which it ends, a letter if no mark is there; not the quotes behind it."""
        return self.raw.rstrip(_BEHIND_MARK)[-1:]

    @property
    def marks(self) -> Marks:
        """Its words, counted from `start`, with a mark before them."""
        commas, others, hyphens, stops = map(self._own, _find_marks(self.raw))
        return Marks(commas | others | stops, commas, hyphens, stops)

    def _own(self, marked: tuple[int, ...]) -> frozenset[int]:
        first = bisect_left(marked, self.skipped)
        last = bisect_right(marked, self.skipped + self.end - self.start)
        return frozenset(at - self.skipped for at in marked[first:last])


def cut_sentences(text: str) -> Iterator[SentenceText]:
    """The sentences of a raw text in order, without those that have no word."""
    start = 0
    pieces = sentences(text)
    for raw, count in zip(pieces, _count_words(pieces), strict=True):
        for skipped in range(0, count, LONGEST):
            end = min(count, skipped + LONGEST)
            yield SentenceText(start + skipped, start + end, raw, skipped)
        start += count


def _count_words(pieces: Sequence[str]) -> list[int]:
    """How many words each piece has: folded at once, which costs less than one by one."""
    folded = fold(f" {_MARK} ".join(pieces)).split(_MARK)
    if len(folded) != len(pieces):
        folded = list(map(fold, pieces))  # somebody writes the mark itself
    return [words.count(" ") - 1 for words in folded]


@lru_cache(maxsize=64)
def _find_marks(raw: str) -> tuple[tuple[int, ...], ...]:
    """The words, by number, before which a comma stands, another break, a hyphen or a semicolon."""
    text = mark_capitals(raw)
    pieces, kinds, start = [], [], 0
    for mark in _BREAKS.finditer(text):
        first, end = mark.span()
        pieces.append(text[start:first])
        kinds.append(mark.lastgroup)
        start = end
    names = ("comma", "other", "hyphen", "stop")
    places: dict[str | None, set[int]] = {name: set() for name in names}
    for kind, count in zip(kinds, accumulate(_count_words(pieces)), strict=True):
        places[kind].add(count)
    return tuple(tuple(sorted(of_kind - {0})) for of_kind in places.values())
