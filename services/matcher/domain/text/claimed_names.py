"""Names that a report introduces: after *calling itself*, *known as* and the like."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.writing import NO_WORDS
from services.matcher.domain.text.capital_names import NameRun, capital_run, joined_run, named_by
from services.matcher.domain.text.defined_names import defined_run, goes_on, is_caseless
from services.matcher.domain.text.tokens import Token

_CLAIMS = [language.naming.claims for language in LANGUAGES.values()]
_ITSELF = re.compile("|".join(claims.itself for claims in _CLAIMS), re.IGNORECASE)
_GIVEN = re.compile("|".join(claims.given for claims in _CLAIMS), re.IGNORECASE)
_COMMAS = re.escape("".join(language.writing.commas for language in LANGUAGES.values()))
_WORDS = "|".join(re.escape(word) for claims in _CLAIMS for word in claims.leads) or "(?!)"
_LEAD = re.compile(rf"(?:[^\S\n]|[:,{_COMMAS}]){{0,3}}(?:(?:{_WORDS})\s{{1,3}})?", re.IGNORECASE)
_QUOTES = {
    '"': '"', "“": "”", "”": "”", "„": "“”", "«": "»", "‘": "’", "'": "'", "`": "'`", "’": "’",  # noqa: RUF001  (quotes as reports write them)
}  # fmt: skip
_LONGEST = 80
_MOST_QUOTED = 9
_LOOK_BACK = 8
_NOUN_BEFORE = 2
_MOST_CLAIMED = 4
_GROUPS = NO_WORDS.union(*(claims.groups for claims in _CLAIMS))
_SOME = NO_WORDS.union(*(claims.some for claims in _CLAIMS))
CUES = NO_WORDS.union(*(claims.cues for claims in _CLAIMS))
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
    if is_caseless(words[first]):
        return _caseless(words, first)
    if not named_by(words[first]):
        return first
    last = capital_run(words, first)
    return first if words[last - 1].owner else joined_run(words, last)


def _caseless(words: Sequence[Token], first: int) -> int:
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
