"""One folding for names, phrases and reports, so that the same words always look the same.

Case, diacritics, apostrophes and their look-alikes, harakat, tatweel and zero-width characters
go, a possessive 's is cut, Arabic letter forms become one, digits are ASCII; whatever else is no
letter or digit parts words. The result is padded, `' word word '`: `' word '` is a whole word.
"""

from functools import lru_cache
from typing import NamedTuple

from services.matcher.domain.text.fold_page import fold_fast
from services.matcher.domain.text.fold_table import APOSTROPHE, TABLE

_POSSESSIVE = f"{APOSTROPHE}s "
_SHORT = 128


def fold(text: str) -> str:
    """`text` folded and padded; one space when nothing of it is a word."""
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    try:
        signs = fold_fast(text)
    except UnicodeEncodeError:
        signs = text.translate(TABLE)
    if APOSTROPHE in signs:
        signs = f"{signs} ".replace(_POSSESSIVE, " ").replace(APOSTROPHE, "")
    words = " ".join(signs.split())
    return f" {words} " if words else " "


# names and fields repeat from report to report
_fold_short = lru_cache(maxsize=65536)(_fold)


class CharSpan(NamedTuple):
    """A stretch of raw text, in characters: `start` inclusive, `end` exclusive."""

    start: int
    end: int


def raw_stretch(raw: str, start: int, end: int) -> CharSpan:
    """Where in `raw` words of `fold(raw)` came from: its characters `start` to `end`.

    Marks on the last letter are taken in.
    """
    places = _places(raw)
    last = places[end - 1] + 1
    while last < len(raw) and not TABLE[ord(raw[last])]:
        last += 1
    return CharSpan(places[start], last)


@lru_cache(maxsize=64)
def _places(raw: str) -> tuple[int, ...]:
    """For each character of `fold(raw)`, the index in `raw` that it came from."""
    signs = [(sign, index) for index, letter in enumerate(raw) for sign in TABLE[ord(letter)]]
    kept = _without_apostrophes([*signs, (" ", len(raw))])
    places = [0]
    for (sign, index), (following, _) in zip(kept, [*kept[1:], (" ", 0)], strict=True):
        if sign != " ":
            places.append(index)
            places.extend([index] if following == " " else [])
    return tuple(places)


def _without_apostrophes(signs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    text = "".join(sign for sign, _ in signs)
    cut = {
        place
        for place in range(len(text))
        if text.startswith(_POSSESSIVE, place - 1) and text[place] == "s" and place
    }
    return [sign for place, sign in enumerate(signs) if sign[0] != APOSTROPHE and place not in cut]
