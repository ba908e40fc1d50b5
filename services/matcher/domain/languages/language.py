"""The contract of a language: what its folder offers to word lists and to `says`.

A folder beside this module is a language if its module `language` has a constant `LANGUAGE`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

Inflection = Callable[[Sequence[str]], frozenset[str]]
"""The folded forms of a word, each one word, from its stems as a dictionary writes them.

Pure. It refuses stems that it cannot inflect by `InvalidStems`.
"""


class InvalidStems(ValueError):
    """The stems are not those of such a word; the message says why, and what to write."""


class WordOrder(Enum):
    """Where the doer stands beside an active verb."""

    BEFORE = "before"
    BEFORE_OR_AFTER = "before or after"


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code (ISO 639-1), and how it writes what word lists and `says` ask for.

    `inflections` are by the tag that an entry has: `v` for verbs, `n` for nouns; others are its
    own. Everything else is folded: `by_words` stand before the doer of a passive verb,
    `possessives` are words that mean the doer (`his`), `possessive_endings` endings that do.
    """

    code: str
    inflections: Mapping[str, Inflection]
    order: WordOrder = WordOrder.BEFORE
    by_words: tuple[str, ...] = ()
    possessives: frozenset[str] = frozenset()
    possessive_endings: tuple[str, ...] = ()
