"""Cuts a raw text into sentences as `says` reads them: words, and where clauses may break."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.mark_capitals import mark_capitals
from services.matcher.domain.text.sentences import sentences

LONGEST = 120
"""Words that are read at once: a longer sentence is read in pieces, so that each costs little."""
_LONG = 2 * LONGEST
"""Letters: a shorter sentence is none that is read in pieces."""
_MARK = "0000000000000001"
"""A word that stands between two sentences while they are folded together."""
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


NO_MARKS = frozenset[int]()


class SentenceText(NamedTuple):
    """A sentence, or a piece of a long one.

    `words` are folded and padded, `start` is where they begin in the folded text; `skipped` are
    the words before them that belong to earlier pieces of `raw`.
    """

    start: int
    words: str
    raw: str
    skipped: int = 0

    @property
    def mark(self) -> str:
        """The sign on which it ends, a letter if no mark is there; not the quotes behind it."""
        return self.raw.rstrip(_BEHIND_MARK)[-1:]

    @property
    def marks(self) -> Marks:
        """Its words, by number, with a mark before them."""
        commas, others, hyphens, stops = map(self._own, _find_marks(self.raw))
        return Marks(commas | others | stops, commas, hyphens, stops)

    def _own(self, marked: tuple[int, ...]) -> frozenset[int]:
        if not marked:
            return NO_MARKS
        first = bisect_left(marked, self.skipped)
        last = bisect_right(marked, self.skipped + count_words(self.words))
        return frozenset(at - self.skipped for at in marked[first:last])


def cut_sentences(text: str, folded: str, start: int = 0) -> Iterator[SentenceText]:
    """The sentences of a raw text in order, without those that have no word.

    `folded` is the text folded, which begins at `start`.
    """
    pieces = sentences(text)
    for raw, words in zip(pieces, _cut_folded(folded, pieces), strict=True):
        if len(words) > _LONG and count_words(words) > LONGEST:
            yield from _cut_long(raw, words, start)
        elif words != " ":
            yield SentenceText(start, words, raw)
        start += len(words) - 1  # the next sentence shares the space


def _cut_long(raw: str, folded: str, start: int) -> Iterator[SentenceText]:
    words = folded.split()
    for skipped in range(0, len(words), LONGEST):
        piece = f" {' '.join(words[skipped : skipped + LONGEST])} "
        yield SentenceText(start, piece, raw, skipped)
        start += len(piece) - 1


def _cut_folded(folded: str, pieces: Sequence[str]) -> Sequence[str]:
    """The folded words of each piece of a text."""
    if len(pieces) == 1:
        return [folded]
    parts = _fold_together(pieces)
    if "".join([part[1:] for part in parts]) == folded[1:]:
        return parts
    # a capital beside the mark reads otherwise than in the text
    words, ends = folded.split(), accumulate(map(count_words, parts), initial=0)
    return [" ".join(("", *words[first:last], "")) for first, last in pairwise(ends)]


def _fold_together(pieces: Sequence[str]) -> Sequence[str]:
    """Each piece folded: all at once, which costs less than one by one."""
    folded = fold(f" {_MARK} ".join(pieces)).split(_MARK)
    return folded if len(folded) == len(pieces) else [*map(fold, pieces)]  # it has the mark itself


def count_words(folded: str) -> int:
    """How many words a folded text has."""
    return folded.count(" ") - 1


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
    counts = map(count_words, _fold_together(pieces))
    for kind, count in zip(kinds, accumulate(counts), strict=True):
        places[kind].add(count)
    return tuple(tuple(sorted(of_kind - {0})) for of_kind in places.values())
