"""How many reports are expected to have a word. A wrong estimate costs time alone."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from math import fsum, prod

from services.matcher.domain.languages.known import LANGUAGES

UNKNOWN = 0.002
SHORT = 6
_WORDS_A_REPORT = 100
_FLATNESS = 2.7
_TOP = 0.1


def word_frequency(word: str) -> float:
    """The fraction of reports expected to have the word, above 0 and at most 1."""
    return common_words().get(word, UNKNOWN * (2 if len(word) < SHORT else 1))


def forms_frequency(forms: AbstractSet[str]) -> float:
    """The fraction expected to have one of the forms of a word; generated ones are seldom met."""
    common = common_words()
    met = map(common.__getitem__, common.keys() & forms)
    return min(1.0, 2 * UNKNOWN + fsum(met))


def any_frequency(fractions: Iterable[float]) -> float:
    """The fraction that has one of several things, each of which some fraction has by chance."""
    return 1 - prod(1 - fraction for fraction in fractions)


@cache
def common_words() -> Mapping[str, float]:
    """The fraction of reports that have each common word, by Zipf's law from its rank."""
    frequencies: dict[str, float] = {}
    for language in LANGUAGES.values():
        for rank, word in enumerate(dict.fromkeys(language.writing.common_words.split())):
            frequency = 1 - (1 - _TOP / (rank + _FLATNESS)) ** _WORDS_A_REPORT
            frequencies[word] = max(frequency, frequencies.get(word, 0.0))
    return frequencies
