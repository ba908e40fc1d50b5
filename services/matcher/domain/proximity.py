"""Whether a phrase stands somewhere: asked far oftener than where, and answered sooner."""

from collections.abc import Iterator

from services.matcher.domain.phrases import Phrase
from services.matcher.domain.scan import Place, Scan, place_at, places, within


def stands(scan: Scan, phrase: Phrase, fields: frozenset[str]) -> bool:
    """Whether the phrase has a place in one of the fields."""
    pieces = phrase.pieces
    for piece in pieces:
        if not scan.holds(piece.literal):
            return False
    if len(pieces) != 2:  # noqa: PLR2004  (a pair)
        return any(scan.text_at(place).field in fields for place in places(scan, phrase))
    return _pair_stands(scan, phrase, fields)


def _pair_stands(scan: Scan, phrase: Phrase, fields: frozenset[str]) -> bool:
    first, second = phrase.pieces[0].literal, phrase.pieces[1].literal
    pairs = _from_first if first in scan.literals else _from_second
    for begin, last in pairs(scan.folded, first, second):
        if scan.folded.count(" ", begin + 1, last + 1) >= phrase.most:
            continue
        place = begin + 1, place_at(scan.folded, second, last)[1]
        if within(scan.folded, place, phrase.most) and scan.text_at(place).field in fields:
            return True
    return False


def _from_first(folded: str, first: str, second: str) -> Iterator[Place]:
    """Where both begin: the next second after a first, and the latest first before that.

    Every other pair is longer than one of these. As many steps as there are firsts.
    """
    begin = folded.find(first)
    while begin >= 0:
        following = folded.find(second, place_at(folded, first, begin)[1])
        if following < 0:
            return
        yield max(begin, folded.rfind(first, begin, following + 1)), following
        begin = folded.find(first, following)


def _from_second(folded: str, first: str, second: str) -> Iterator[Place]:
    """The same pairs in as many steps as there are seconds."""
    latest, before, following = -1, 0, folded.find(second)
    while following >= 0:
        latest = max(latest, folded.rfind(first, before, following + 1))
        if latest >= 0:
            yield latest, following
        before = max(0, following - len(first))
        following = folded.find(second, following + 1)
