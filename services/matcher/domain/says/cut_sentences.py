"""Cuts a raw text into sentences as `says` reads them: words, and where clauses may break."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.sentences import sentences

LONGEST = 120
"""Words that are read at once: a longer sentence is read in pieces, so that each costs little."""
_MARK = "0000000000000001"
"""A word that stands between two sentences while their words are counted."""
_COMMA = re.compile(r"(?<!\d),|,(?!\d)|،")
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")  # noqa: RUF001  (hyphens as reports write them)
_BREAK = re.compile(
    _COMMA.pattern + r"|[;:؛()\[\]\"“”«»„…]|(?<!\w)['‘’]|['‘’](?!\w)|—|–|(?<=\s)-(?=\s)"  # noqa: RUF001  (marks as reports write them)
)


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
    def breaks(self) -> frozenset[int]:
        """The words, counted from `start`, before which a clause may break."""
        return self._own(_find_marks(self.raw, _BREAK))

    @property
    def commas(self) -> frozenset[int]:
        """Those of them that follow a comma."""
        return self._own(_find_marks(self.raw, _COMMA))

    @property
    def hyphens(self) -> frozenset[int]:
        """The words that a hyphen joins to the word before them."""
        return self._own(_find_marks(self.raw, _HYPHEN))

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


def _count_words(pieces: tuple[str, ...]) -> list[int]:
    """How many words each piece has: folded at once, which costs less than one by one."""
    words = fold(f" {_MARK} ".join(pieces)).split()
    if words.count(_MARK) != len(pieces) - 1:
        return [len(fold(piece).split()) for piece in pieces]  # somebody writes the mark itself
    counts, start = [], 0
    for _ in pieces[1:]:
        end = words.index(_MARK, start)
        counts.append(end - start)
        start = end + 1
    return [*counts, len(words) - start] if pieces else []


@lru_cache(maxsize=64)
def _find_marks(raw: str, marks: re.Pattern[str]) -> tuple[int, ...]:
    """The words of a sentence, by number, before which such a mark stands."""
    places, count, start = set(), 0, 0
    for mark in marks.finditer(raw):
        count += len(fold(raw[start : mark.start()]).split())
        start = mark.end()
        places.add(count)
    return tuple(sorted(places - {0}))
