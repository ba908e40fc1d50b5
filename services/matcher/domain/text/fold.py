"""Folding of names, phrases and reports, so that different spellings of a word are equal.

Case, diacritics, apostrophes and their look-alikes, harakat, tatweel, zero-width characters and
possessive endings are dropped, letter forms are unified, digits are ASCII; every other character
separates words. The result is padded, `' word word '`: `' word '` is a whole word. Languages say
which letters and endings that are, and which capitals are a word of their own (`US`).
"""

import re
from bisect import bisect_right
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.text.fold_page import fold_fast
from services.matcher.domain.text.fold_table import APOSTROPHE, TABLE
from services.matcher.domain.text.mark_capitals import mark_capitals

_POSSESSIVES = "|".join(filter(None, (each.writing.possessive for each in LANGUAGES.values())))
_DROPPED = re.compile(f"{APOSTROPHE}(?:(?:{_POSSESSIVES})(?= ))?")
"""An apostrophe, with the possessive ending behind it."""
_SHORT = 128
_CHUNKS = (
    re.compile(r"\S(?:.{0,255}(?!\S)|\S*)", re.DOTALL),
    re.compile(r"\S(?:.{0,31}(?!\S)|\S*)", re.DOTALL),
    re.compile(r"\S+"),
)
"""Whole words of some 256 characters together, of some 32, or one word; a longer word whole."""
_AROUND = 60
"""So many characters before and behind words are looked at, where they are near."""


def fold(text: str) -> str:
    """The folded words of `text`, padded; one space if it has no word."""
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(written: str) -> str:
    text = mark_capitals(written)
    try:
        signs = fold_fast(text)
    except UnicodeEncodeError:
        signs = text.translate(TABLE)
    if APOSTROPHE in signs:
        signs = _DROPPED.sub("", f"{signs} ")
    # most words have one space between them already: to split at every space takes twice the time
    words = " ".join(filter(None, map(str.strip, signs.split("  "))))
    return f" {words} " if words else " "


# names and fields repeat from report to report
_fold_short = lru_cache(maxsize=65536)(_fold)


class CharSpan(NamedTuple):
    """A range of characters of a raw text: `start` inclusive, `end` exclusive."""

    start: int
    end: int


class _Chunk(NamedTuple):
    """Some words of a raw text: where they start in its fold, and in the text itself."""

    folded_start: int
    start: int
    raw: str


def raw_span(raw: str, start: int, end: int) -> CharSpan:
    """The characters of `raw` that the words `fold(raw)[start:end]` were folded from.

    Diacritics on the last letter are included.
    """
    marked = mark_capitals(raw)
    first, last = _raw_index(marked, start), _raw_index(marked, end - 1) + 1
    while last < len(raw) and not TABLE[ord(raw[last])]:
        last += 1
    return CharSpan(first, last)


def nearby_span(raw: str, words: str, index: int) -> CharSpan | None:
    """The characters of `raw` that these words were folded from; None: they are not near `index`.

    The words occur once in `fold(raw)` at most, at `index`: white space and marks before them move
    them behind that in `raw`.
    """
    marked = mark_capitals(raw)
    # whole words, so that they fold as in the text
    first = marked.rfind(" ", 0, max(0, index - _AROUND)) + 1
    last = marked.find(" ", index + index // 8 + len(words) + _AROUND)
    near = marked[first:] if last < 0 else marked[first:last]
    span = _written_span(near, words) or _folded_span(near, words)
    return None if span is None else CharSpan(first + span.start, first + span.end)


def _written_span(marked: str, words: str) -> CharSpan | None:
    """The characters that are these words but for case and the marks between them."""
    lower = marked.lower()
    if len(lower) != len(marked):
        return None
    if span := _find_words(lower, words):
        return span
    first, *_, last = words.split() if " " in words else ("", "")
    start = _find_words(lower, first) if first else None
    end = _find_words(lower, last, start.end) if start else None
    if start and end and fold(marked[start.start : end.end]) == f" {words} ":
        return CharSpan(start.start, end.end)
    return None


def _folded_span(marked: str, words: str) -> CharSpan | None:
    start = fold(marked).find(f" {words} ") + 1
    return raw_span(marked, start, start + len(words)) if start else None


def _find_words(text: str, words: str, start: int = 0) -> CharSpan | None:
    """The first characters that are these words, between characters that part words."""
    start = text.find(words, start)
    while start >= 0:
        span = CharSpan(start, start + len(words))
        if _parts_words(text, start - 1) and _parts_words(text, span.end):
            return span
        start = text.find(words, start + 1)
    return None


def _parts_words(text: str, index: int) -> bool:
    """Whether a text begins or ends there, or a character that folds to a space stands there."""
    return not 0 <= index < len(text) or TABLE[ord(text[index])].isspace()


def _raw_index(raw: str, index: int) -> int:
    """The index in `raw` of the character that `fold(raw)[index]` was folded from."""
    start = 0
    for pattern in _CHUNKS:
        chunk = _chunk_at(_cut(raw, pattern), index)
        start, raw, index = start + chunk.start, chunk.raw, index - chunk.folded_start
    return start + _raw_indexes(raw)[index]


def _chunk_at(chunks: list[_Chunk], index: int) -> _Chunk:
    return chunks[bisect_right(chunks, index, key=itemgetter(0)) - 1]


@lru_cache(maxsize=256)
def _cut(raw: str, pattern: re.Pattern[str]) -> list[_Chunk]:
    """The words of `raw` in chunks; each folds alone as in the text, since white space cuts it."""
    chunks, folded_start = [], 0
    for match in pattern.finditer(raw):
        chunks.append(_Chunk(folded_start, match.start(), match[0]))
        folded_start += len(fold(match[0])) - 1
    return chunks


@lru_cache(maxsize=4096)
def _raw_indexes(word: str) -> tuple[int, ...]:
    """For each character of `fold(word)`, the index in `word` of the one it was folded from."""
    signs = [(sign, index) for index, letter in enumerate(word) for sign in TABLE[ord(letter)]]
    kept = _without_apostrophes([*signs, (" ", len(word))])
    indexes = [0]
    for (sign, index), (following, _) in zip(kept, [*kept[1:], (" ", 0)], strict=True):
        if sign != " ":
            indexes.append(index)
            indexes.extend([index] if following == " " else [])
    return tuple(indexes)


def _without_apostrophes(signs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    text = "".join(sign for sign, _ in signs)
    dropped = {at for match in _DROPPED.finditer(text) for at in range(*match.span())}
    return [sign for at, sign in enumerate(signs) if at not in dropped]
