"""Whether a phrase stands somewhere: asked far oftener than where, and answered sooner."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.scan import (
    ScanResult,
    WordSpan,
    is_word,
    place_at,
    places,
    within,
)

_SHORT = 600
"""In so short a text the words are looked for at once."""
_REACH = 64
"""Hardly any word is longer; where words are, more is looked at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two literals of one whole word each, the second after the first: so many words at most."""

    first: str
    second: str
    most: int


def pairs_of(phrase: Phrase) -> Iterable[Pair]:
    """Those that stand wherever the phrase stands."""
    whole = [piece.literal for piece in phrase.pieces if is_word(piece.literal)]
    return (Pair(first, second, phrase.most) for first, second in pairwise(whole))


def may_stand(scan: ScanResult, pair: Pair) -> bool:
    """Whether the pair might, of which both words are known to the scanner and were found."""
    return len(scan.folded) < _SHORT or scan.may_follow(pair.first, pair.second, pair.most)


def stands(scan: ScanResult, phrase: Phrase, fields: frozenset[str]) -> bool:
    """Whether the phrase has a place in one of the fields."""
    pieces = phrase.pieces
    for piece in pieces:
        if not scan.holds(piece.literal):
            return False
    if len(pieces) == 2:  # noqa: PLR2004  (a pair)
        return _pair_stands(scan, phrase, fields)
    return any(scan.text_at(place).field in fields for place in places(scan, phrase))


def _pair_stands(scan: ScanResult, phrase: Phrase, fields: frozenset[str]) -> bool:
    first, second = phrase.pieces[0].literal, phrase.pieces[1].literal
    # the longer is mostly the rarer
    pairs = _from_first if len(first) >= len(second) else _from_second
    for begin, last in pairs(scan.folded, first, second, phrase.most):
        place = begin + 1, place_at(scan.folded, second, last)[1]
        if within(scan.folded, place, phrase.most) and scan.text_at(place).field in fields:
            return True
    return False


def _from_first(folded: str, first: str, second: str, most: int) -> Iterator[WordSpan]:
    """Where both begin: each first and the next second, if that may be near enough."""
    begin = folded.find(first)
    while begin >= 0:
        start = place_at(folded, first, begin)[1]
        reach = start + most * _REACH
        following = folded.find(second, start, reach + len(second))
        if following < 0 and folded.count(" ", start, reach) <= most:
            following = folded.find(second, start)
        if following >= 0:
            yield begin, following
        begin = folded.find(first, begin + 1)


def _from_second(folded: str, first: str, second: str, most: int) -> Iterator[WordSpan]:
    """Each second and the latest first before it, if that may be near enough."""
    following = folded.find(second)
    while following >= 0:
        reach = max(0, following - most * _REACH)
        begin = folded.rfind(first, reach, following + 1)
        if begin < 0 and folded.count(" ", reach, following) <= most:
            begin = folded.rfind(first, 0, following + 1)
        if begin >= 0:
            yield begin, following
        following = folded.find(second, following + 1)
