"""Selectivity: the fraction of events that have an atom, by which rules are indexed.

It is estimated: common words are known, short words are more frequent than long ones. A wrong
estimate costs time alone.
"""

from collections.abc import Callable, Mapping
from functools import cache
from math import prod

from services.matcher.domain.detection.predicates import ANY_VALUE, Atom
from services.matcher.domain.text.word_frequency import (
    SHORT,
    UNKNOWN,
    common_words,
    word_frequency,
)

_ATTRACTION = 20

_VALUES_OF: Mapping[str, int] = {
    **dict.fromkeys(("id", "url", "story", "supersedes", "retracts"), 1_000_000),
    **dict.fromkeys(("title", "text", "words"), 100_000),
    **dict.fromkeys(("actors", "targets", "entities", "actor_ids", "target_ids", "sites"), 300),
    **dict.fromkeys(("source", "source_owner", "admin1"), 50),
    "place": 500,
    "country": 20,
    "type": 10,
    "weekday": 7,
    "reliability": 4,
    "language": 3,
}
_OTHER_VALUES = 50
_PRESENT = 0.1
"""The fraction of events that have an entry of a map, such as `quantities.fatalities`."""


def selectivity(atom: Atom) -> float:
    """The fraction of events expected to have the atom, above 0 and at most 1."""
    field, value = atom
    if value == ANY_VALUE:
        return _PRESENT if "." in field else 1.0
    return 1 / _VALUES_OF.get(field, _OTHER_VALUES) if field else _literal_selectivity(value)


def selectivity_beside(frequencies: Mapping[str, float]) -> Callable[[Atom], float]:
    """The selectivity of atoms, where some literals are keys of word lists of known frequency."""

    def of_atom(atom: Atom) -> float:
        return frequencies.get(atom[1]) or selectivity(atom) if not atom[0] else selectivity(atom)

    return of_atom


def _literal_selectivity(literal: str) -> float:
    """Of a literal of the scan; words of one phrase come together more often than by chance."""
    *words, last = literal.split()
    fractions = [*map(word_frequency, words), _last_selectivity(last, literal)]
    together = fractions[0] * prod(fraction * _ATTRACTION for fraction in fractions[1:])
    return min(together, *fractions) if words else fractions[0]


def _last_selectivity(word: str, literal: str) -> float:
    return word_frequency(word) if literal[-1] == " " else _prefix_selectivity(word)


@cache
def _prefix_selectivity(prefix: str) -> float:
    common = sum(part for word, part in common_words().items() if word.startswith(prefix))
    letters = max(1, SHORT - len(prefix))
    return min(1.0, common + UNKNOWN * 3.0**letters)
