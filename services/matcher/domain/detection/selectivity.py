"""How seldom a word or a value comes, so that a rule is registered under what comes seldom.

What a sample of reports shows counts; where it is silent, or there is none, a guess by the word:
common ones are known, short ones come oftener than long ones. A wrong guess costs time alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import prod

from services.matcher.domain.detection.predicates import Atom
from services.matcher.domain.text.common_words import ARABIC, ENGLISH

_WORDS_A_REPORT = 100
_FLATNESS = 2.7
_TOP = 0.1
_UNKNOWN = 0.002
_SHORT = 6
_ATTRACTION = 20
_GUESS_WEIGHS = 20
"""A guess stands against a sample as so many reports would."""

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


@dataclass(frozen=True, slots=True)
class Sample:
    """What so many reports hold: in how many of them each atom is."""

    reports: int = 0
    having: Mapping[Atom, int] = field(default_factory=dict)


NO_SAMPLE = Sample()


def sampled(reports: Iterable[frozenset[Atom]]) -> Sample:
    """The sample that these reports make, each given by its atoms."""
    having: Counter[Atom] = Counter()
    count = 0
    for atoms in reports:
        having.update(atoms)
        count += 1
    return Sample(count, having)


def rarity(atom: Atom, sample: Sample = NO_SAMPLE) -> float:
    """The share of reports expected to have the atom, above 0 and at most 1."""
    guess = _word_share(atom[1]) if not atom[0] else 1 / _VALUES_OF.get(atom[0], _OTHER_VALUES)
    seen = sample.having.get(atom, 0) + guess * _GUESS_WEIGHS
    return seen / (sample.reports + _GUESS_WEIGHS)


def _word_share(literal: str) -> float:
    """Of a literal as the scan looks for it: words that stand together attract one another."""
    *whole, last = literal.split()
    shares = [*map(_share, whole), _share(last) if literal[-1] == " " else _share_of_prefix(last)]
    together = shares[0] * prod(share * _ATTRACTION for share in shares[1:])
    return min(together, *shares) if whole else shares[0]


def _share(word: str) -> float:
    return _shares().get(word, _UNKNOWN * (2 if len(word) < _SHORT else 1))


@cache
def _share_of_prefix(beginning: str) -> float:
    known = sum(share for word, share in _shares().items() if word.startswith(beginning))
    letters = max(1, _SHORT - len(beginning))
    return min(1.0, known + _UNKNOWN * 3.0**letters)


@cache
def _shares() -> Mapping[str, float]:
    """The shares of reports that have the common words, by Zipf's law from their order."""
    found: dict[str, float] = {}
    for words in (ENGLISH, ARABIC):
        for rank, word in enumerate(dict.fromkeys(words.split())):
            found[word] = 1 - (1 - _TOP / (rank + _FLATNESS)) ** _WORDS_A_REPORT
    return found
