"""Where the words of a folded text stand in the raw one, without folding it letter by letter."""

import re
from functools import lru_cache

from services.matcher.domain.text.fold import CharSpan, fold, raw_stretch
from services.matcher.domain.text.fold_page import marks
from services.matcher.domain.text.fold_table import TABLE

_POSSESSIVE = re.compile(rb"'\0*s\0*(?= |$)")
_NO_WORD = re.compile(rb"(?<![^ ])['\0]+(?![^ ])")
_UNSEEN = b"'\0"
_AROUND = 60


def word_stretch(raw: str, first: int, last: int) -> CharSpan:
    """The words `first` to `last` of `fold(raw)`, counted from 0, in `raw`.

    The same as `raw_stretch` of their letters.
    """
    try:
        signs = _signs(raw)
    except UnicodeEncodeError:
        return _by_letter(raw, first, last)
    rest = signs.split(None, first)[first]
    start = len(signs) - len(rest)
    end = start + len(_beginning(rest, last - first + 1).rstrip(_UNSEEN))
    while signs[end : end + 1] == b"\0":
        end += 1
    return CharSpan(start + len(rest) - len(rest.lstrip(_UNSEEN)), end)


def nearby_stretch(raw: str, words: str, at: int) -> CharSpan | None:
    """Where these words of `fold(raw)`, padded, stand in `raw`, looked for around `at` alone.

    They stand there once at most. Nothing when they are not found inside what is looked at.
    """
    start = max(0, at - _AROUND)
    end = min(len(raw), at + len(words) + at // 8 + _AROUND)
    return _as_written(raw, words, start, end) or _as_folded(raw, words, start, end)


def _as_written(raw: str, words: str, start: int, end: int) -> CharSpan | None:
    """Where they stand letter by letter, but for case, between signs that part words."""
    part, written = raw[start:end].lower(), words[1:-1]
    if len(part) != end - start:
        return None
    place = part.find(written)
    while place >= 0:
        found = CharSpan(start + place, start + place + len(written))
        if _parts_words(raw, found.start - 1) and _parts_words(raw, found.end):
            return found
        place = part.find(written, place + 1)
    return None


def _parts_words(raw: str, place: int) -> bool:
    """Whether the sign there does, or the text has ended before it."""
    return not 0 <= place < len(raw) or TABLE[ord(raw[place])].isspace()


def _as_folded(raw: str, words: str, start: int, end: int) -> CharSpan | None:
    part = raw[start:end]
    folded = fold(part)
    place = folded.find(words)
    cut_before, cut_after = start > 0 and place <= 0, end < len(raw)
    if place < 0 or cut_before or (cut_after and place + len(words) == len(folded)):
        return None
    first = folded.count(" ", 0, place)
    found = word_stretch(part, first, first + words.count(" ") - 2)
    return CharSpan(start + found.start, start + found.end)


@lru_cache(maxsize=64)
def _signs(raw: str) -> bytes:
    """A byte for each letter, so that what `split` gives are the words of the fold."""
    signs = marks(raw)
    if b"'" in signs:
        signs = _without_possessives(signs)
    return _NO_WORD.sub(_blank, signs) if _may_stand_alone(signs) else signs


def _without_possessives(signs: bytes) -> bytes:
    if b"\0" in signs:
        return _POSSESSIVE.sub(_blank, signs)
    # nearly always the same, and many times sooner
    return (signs + b" ").replace(b"'s ", b"   ")[:-1]


def _may_stand_alone(signs: bytes) -> bool:
    """Whether a sign that is no letter may be parted from all letters."""
    padded = b" " + signs
    return (b"'" in signs and b" '" in padded) or (b"\0" in signs and b" \0" in padded)


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


def _beginning(signs: bytes, count: int) -> bytes:
    """The first so many words."""
    after = signs.split(None, count)[count:]
    return signs[: len(signs) - len(after[0])].rstrip() if after else signs.rstrip()


def _by_letter(raw: str, first: int, last: int) -> CharSpan:
    words = list(re.finditer("[^ ]+", fold(raw)))
    return raw_stretch(raw, words[first].start(), words[last].end())
