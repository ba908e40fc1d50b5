"""Names that a report introduces: after *calling itself*, *known as* and the like."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from services.matcher.domain.text.arabic_names import defined_run, goes_on, is_arabic
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.latin_names import NameRun, capital_run, joined_run, named_by
from services.matcher.domain.text.tokens import Token

_ITSELF = re.compile(
    r"\b(?:call|styl|nam|dubb)(?:ing|es|s|ed|e)?\s{1,3}"
    r"(?:itself|themselves)\b(?:\s{1,3}(?:as|by\s{1,3}the\s{1,3}name(?:\s{1,3}of)?))?"
    r"|(?:[تي]طلق|[أا]طلق(?:ت|وا)?)\s{1,3}عل[ىي]\s{1,3}(?:نفسها|نفسه|[أا]نفسهم)"
    r"|[تي]سم[ىي]\s{1,3}نفس\w{1,3}",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:named|called|dubbed|known\s{1,3}as|(?:under|by|in)\s{1,3}the\s{1,3}name(?:\s{1,3}of)?)\b"
    r"|(?:المسماة|المسمى|المسمي|[تي]دعى|باسم)(?!\w)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?:[^\S\n]|[:،,]){0,3}(?:(?:the|اسم|تسمية|إسم)\s{1,3})?", re.IGNORECASE)
_QUOTES = {
    '"': '"', "“": "”", "”": "”", "„": "“”", "«": "»", "‘": "’", "'": "'", "`": "'`", "’": "’",  # noqa: RUF001  (quotes as reports write them)
}  # fmt: skip
_LONGEST = 80
_MOST_QUOTED = 9
_LOOK_BACK = 8
_NOUN_BEFORE = 2
_MOST_CLAIMED = 4


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(words).split())


_GROUPS = _set(
    "group groups militia faction factions organisation organization outfit cell band force "
    "formation movement network alliance coalition unit brigade battalion جماعة مجموعة فصيل تنظيم "
    "ميليشيا مليشيا حركة منظمة الجماعة المجموعة الفصيل التنظيم فصائل جماعات"
)
_SOME = _set("a an another new unknown unheard previously some little one two جديدة جديد مجهولة")


CUES = _set(
    "itself themselves named called dubbed known name "
    "نفسها نفسه أنفسهم المسماة المسمى تدعى يدعى باسم"
)
"""Without one of these words a text introduces no name."""


def claimed_runs(text: str, words: Sequence[Token]) -> Iterator[NameRun]:
    """The names that are introduced, in no order; they need no head noun, so `head` is -1."""
    for cue in _ITSELF.finditer(text):
        yield from _claimed(text, words, cue.end(), quoted_only=False)
    for cue in _GIVEN.finditer(text):
        at = bisect_left(words, cue.start(), key=_start)
        groups = [place for place in range(max(0, at - _LOOK_BACK), at) if _is_group(words[place])]
        if groups:
            only = not _introduces(words, groups[-1], at)
            yield from _claimed(text, words, cue.end(), quoted_only=only)


def _is_group(word: Token) -> bool:
    return word.folded in _GROUPS


def _introduces(words: Sequence[Token], group: int, cue: int) -> bool:
    """Whether the group has not been spoken of before: *a new militia named*."""
    described = words[max(0, group - _LOOK_BACK // 2) : cue]
    return cue - group <= _NOUN_BEFORE and any(word.folded in _SOME for word in described)


def _claimed(
    text: str, words: Sequence[Token], place: int, *, quoted_only: bool
) -> Iterator[NameRun]:
    lead = _LEAD.match(text, place)
    start = lead.end() if lead else place
    first = bisect_left(words, start, key=_start)
    if first == len(words):
        return
    closing = _QUOTES.get(text[start : start + 1])
    if closing is not None:
        last = _quoted(text, words, first, closing)
    elif words[first].start != start or quoted_only:
        return
    else:
        last = _unquoted(words, first)
    if first < last <= first + _MOST_QUOTED:
        yield NameRun(first, last, -1)


def _quoted(text: str, words: Sequence[Token], first: int, closing: str) -> int:
    """Past the last word before the quote closes; `first` if it never does."""
    start = words[first].start
    ends = (at for at in range(start, min(len(text), start + _LONGEST)) if text[at] in closing)
    end = next((at for at in ends if not text[at + 1 : at + 2].isalnum()), start)
    return first if "\n" in text[start:end] else bisect_left(words, end, key=_start)


def _unquoted(words: Sequence[Token], first: int) -> int:
    if is_arabic(words[first]):
        return _arabic(words, first)
    if not named_by(words[first]):
        return first
    last = capital_run(words, first)
    return first if words[last - 1].owner else joined_run(words, last)


def _arabic(words: Sequence[Token], first: int) -> int:
    """To where an article defines it; else to where the sentence must go on."""
    last = first + 1
    while last <= first + _MOST_CLAIMED and goes_on(words, last):
        last += 1
    defined = defined_run(words, first)
    if first < defined <= last:
        return defined
    return last if last <= first + _MOST_CLAIMED else first


def _start(word: Token) -> int:
    return word.start
