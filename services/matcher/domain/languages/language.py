"""The contract of a language: what its folder offers to word lists and to `says`.

A folder beside this module is a language if its module `language` has a constant `LANGUAGE`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.matcher.domain.languages.grammar import Grammar

Inflection = Callable[[Sequence[str]], frozenset[str]]
"""The folded forms of a word, each one word, from its stems as a dictionary writes them.

Pure. It refuses stems that it cannot inflect by `InvalidStems`.
"""


class InvalidStems(ValueError):
    """The stems are not those of such a word; the message says why, and what to write."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code (ISO 639-1), and how it writes what word lists and `says` ask for.

    `inflections` are by the tag that an entry has: `v` for verbs, `n` for nouns; others are its
    own. `grammar` is how its sentences say who does what.
    """

    code: str
    inflections: Mapping[str, Inflection]
    grammar: Grammar = field(default_factory=Grammar)
