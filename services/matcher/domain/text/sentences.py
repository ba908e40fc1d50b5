"""Where the sentences of a report end: by its marks and lines, not by its abbreviations."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from services.matcher.domain.text.capitals import mark_countries
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.scan import ScanResult, WordSpan

SentenceIndex = tuple[int, int]
"""The text of a scan, and the number of the sentence in it."""

_MARK = re.compile("[.!?…؟۔]+|[\n\r\u2028\u2029]+")  # noqa: RUF001  (Urdu's full stop is meant)
_PAUSE = ".."
"""Two full stops: Arabic headlines join by them what English ones join by a colon or a dash."""
_CLOSING = re.compile("[\"'”’»)\\]]*")  # noqa: RUF001  (closing quotes as reports write them)
_WORD = re.compile(r"[^\W\d_]+$")
_LOOK_BACK = 24


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES = _set(
    "al adm amb brig capt cmdr col dr ft gen gov hon lt maj messrs mr mrs ms mt pres prof "
    "rep rev sen sgt sheik sr st jr vs approx inc ltd co"
)
"""Stands before more of the same sentence."""
_BEFORE_NUMBERS = _set(
    "no nos art para sec fig vol p pp ch jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""An abbreviation only where a number follows: else a word, or the end of a date."""
_OPENERS = _set(
    "the a an it he she they we this that these those in on at but and no nobody after "
    "before when while there one two three"
)
"""With a capital after `U.S.` or `p.m.` these open the next sentence."""


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text` in order, with all that is between them: joined they are `text`.

    An abbreviation that might end a sentence does not: rather too long than cut in two.
    """
    cuts = [0, *_cuts(text), len(text)]
    return tuple(text[start:end] for start, end in pairwise(cuts) if start < end)


def sentence_of(scan: ScanResult, span: WordSpan) -> SentenceIndex | None:
    """The sentence that holds the whole span; None when the span is in several."""
    index = bisect_right(scan.starts, span[0]) - 1
    starts = _folded_starts(scan.texts[index].raw)
    first = bisect_right(starts, span[0] - scan.starts[index])
    last = bisect_right(starts, span[1] - 1 - scan.starts[index])
    return (index, first) if first == last else None


@lru_cache(maxsize=64)
def _folded_starts(text: str) -> tuple[int, ...]:
    """Where each sentence starts in the folded text: it is cut only where words part."""
    starts, marked, end = [1], mark_countries(text), 0
    for sentence in sentences(text):
        first, end = end, end + len(sentence)
        starts.append(starts[-1] + len(fold(marked[first:end])) - 1)
    return tuple(starts[:-1])


def _cuts(text: str) -> Iterator[int]:
    for mark in _MARK.finditer(text):
        if mark[0].isspace():
            yield mark.end()
            continue
        if mark[0] == _PAUSE and mark.end() < len(text):
            continue
        closed = _closed(text, mark.end())
        parted = text[closed : closed + 1].isspace() or closed == len(text)
        if parted and not (mark[0] == "." and _abbreviates(text, mark.start(), closed)):
            yield closed
        elif not parted and _glued(text, mark):
            yield mark.end()


def _closed(text: str, place: int) -> int:
    """Past the quotes and brackets that close at `place`."""
    closing = _CLOSING.match(text, place)
    return closing.end() if closing else place


def _glued(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark without a space after it parts sentences all the same.

    It does before a capital and in a script without any, but not in `U.S.`.
    """
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    opens = after.isalpha() and not after.islower()
    return opens and (mark[0] != "." or before.islower() or not after.isupper())


def _abbreviates(text: str, stop: int, after: int) -> bool:
    """Whether the word before the stop is cut short, and the sentence goes on after it."""
    before = text[max(0, stop - _LOOK_BACK) : stop]
    word = _WORD.search(before)
    if word is None:
        return False
    following = text[after : after + _LOOK_BACK].split(maxsplit=1)[:1]
    if len(word[0]) == 1:
        chained = before[: word.start()].endswith(".")
        return not (chained and following and _opens(following[0]))
    if word[0].lower() in _BEFORE_NUMBERS:
        return bool(following) and following[0][0].isdigit()
    return word[0].lower() in _TITLES


def _opens(word: str) -> bool:
    return word[0].isupper() and word.lower() in _OPENERS
