"""Where the sentences of a report end: by its marks and lines, not by its abbreviations."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.writing import NO_WORDS
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.mark_capitals import mark_capitals
from services.matcher.domain.text.scan import ScanResult, WordSpan

SentenceIndex = tuple[int, int]
"""The text of a scan, and the number of the sentence in it."""

_WRITINGS = [language.writing for language in LANGUAGES.values()]
_ENDS = ".!?…" + re.escape("".join(writing.sentence_ends for writing in _WRITINGS))
_LINES = "\n\r\u2028\u2029"
# a pattern that begins with one set of characters skips all others at a third of the cost
_MARK = re.compile(rf"[{_ENDS}{_LINES}](?:(?<=[{_ENDS}])[{_ENDS}]*|[{_LINES}]*)")
_PAUSE = ".."
"""Two full stops: some headlines join by them what others join by a colon or a dash."""
_CLOSING = re.compile("[\"'”’»)\\]]*")  # noqa: RUF001  (closing quotes as reports write them)
_LETTERS = re.compile(r"[^\W\d_]+")
_LOOK_BACK = 24
_ABBREVIATIONS = NO_WORDS.union(*(writing.abbreviations for writing in _WRITINGS))
_BEFORE_NUMBERS = NO_WORDS.union(*(writing.before_numbers for writing in _WRITINGS))
_SHORTENED = _ABBREVIATIONS | _BEFORE_NUMBERS
_ENDING = 2
_SHORTENED_ENDINGS = frozenset(word[-_ENDING:] for word in _SHORTENED)
_OPENERS = NO_WORDS.union(*(writing.openers for writing in _WRITINGS))


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
    starts, marked, end = [1], mark_capitals(text), 0
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
    ending = text[max(0, stop - _ENDING) : stop]
    if ending.isalpha() and len(ending) == _ENDING and ending.lower() not in _SHORTENED_ENDINGS:
        return False  # nearly always
    before = text[max(0, stop - _LOOK_BACK) : stop]
    backwards = _LETTERS.match(before[::-1])
    if backwards is None:
        return False
    start = len(before) - backwards.end()
    word = before[start:].lower()
    if len(before) - start > 1 and word not in _SHORTENED:
        return False
    following = text[after : after + _LOOK_BACK].split(maxsplit=1)[:1]
    if len(before) - start == 1:
        chained = before[:start].endswith(".")
        return not (chained and following and _opens(following[0]))
    if word in _BEFORE_NUMBERS:
        return bool(following) and following[0][0].isdigit()
    return True


def _opens(word: str) -> bool:
    return word[0].isupper() and word.lower() in _OPENERS
