"""The literals that an automaton finds in a text, and which of them may follow which."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from operator import not_
from typing import NamedTuple


class LiteralPair(NamedTuple):
    """Two literals, the second after the first, with at most `max_words` words from end to end."""

    first: str
    second: str
    max_words: int


AnyPair = tuple[LiteralPair, ...]
"""Alternatives."""


class LiteralOrder:
    """Literals in the order in which they end, each as often as the text holds it.

    All but the `longer` literals are one whole word: as many words at least stand between two
    literals as others are found.
    """

    __slots__ = ("_counts", "_earliest", "_found", "_latest", "_longer")

    def __init__(self, found: Sequence[str], longer: AbstractSet[str]) -> None:
        self._found = found
        self._longer = longer
        self._latest: Mapping[str, int] = {}
        self._earliest: Mapping[str, int] = {}
        self._counts: Sequence[int] = ()

    def may_hold(self, pairs: AnyPair) -> bool:
        """Whether the text may hold a pair of literals of the automaton: False is certain."""
        if not self._counts:
            self._count()
        for pair in pairs:  # noqa: SIM110  (a generator costs more than the look)
            if self._may_hold(pair):
                return True
        return False

    def _may_hold(self, pair: LiteralPair) -> bool:
        first, second, max_words = pair
        latest, earliest, counts = self._latest, self._earliest, self._counts
        if first not in latest or second not in latest:
            return False
        start, end = latest[first], earliest[second]
        if end == latest[second]:
            from_ = bisect_left(counts, counts[end] - max_words, 0, end)
            return first in self._found[from_:end]
        if start == earliest[first]:
            until = bisect_right(counts, counts[start] + max_words, start)
            return second in self._found[start + 1 : until]
        return earliest[first] < latest[second] and counts[end] - counts[start] <= max_words

    def _count(self) -> None:
        """Number the literals from both ends, and count the words up to each."""
        found, numbers = self._found, range(len(self._found))
        self._latest = dict(zip(found, numbers, strict=True))
        self._earliest = dict(zip(reversed(found), reversed(numbers), strict=True))
        self._counts = list(accumulate(map(not_, map(self._longer.__contains__, found))))


def is_single_word(literal: str) -> bool:
    """Whether a literal is one whole word."""
    return literal[-1] == " " and literal.find(" ", 1) == len(literal) - 1
