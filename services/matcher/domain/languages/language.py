"""The contract of a language: what its folder offers to everything that reads reports.

A folder beside this module is a language if its module `language` has a constant `LANGUAGE`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.matcher.domain.languages.grammar import Grammar
from services.matcher.domain.languages.naming import Naming
from services.matcher.domain.languages.transliteration import Transliteration
from services.matcher.domain.languages.writing import Writing

Inflection = Callable[[Sequence[str]], frozenset[str]]
"""The forms of a word, each one word, from its stems as a dictionary writes them.

Pure. Who asks folds them. It refuses stems that it cannot inflect by `InvalidStems`.
"""


class InvalidStems(ValueError):
    """The stems are not those of such a word; the message says why, and what to write."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code (ISO 639-1), and what is particular to it.

    `inflections` are by the tag that an entry has: `v` for verbs, `n` for nouns; others are its
    own. `grammar` is how its sentences say who does what, `writing` how it is written, `naming`
    how it names organisations, `transliteration` how its names are spelled in Latin script.
    """

    code: str
    inflections: Mapping[str, Inflection]
    writing: Writing
    grammar: Grammar = field(default_factory=Grammar)
    naming: Naming = field(default_factory=Naming)
    transliteration: Transliteration | None = None

    @property
    def is_guest(self) -> bool:
        """Whether it is written in the letters of another language.

        Its words of a list hold in its own texts alone, and in these only they do.
        """
        return bool(self.writing.guest_of)
