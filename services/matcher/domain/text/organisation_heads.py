"""Head nouns: the words by which the name of an organisation is recognised."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.text.fold import fold

_NAMINGS = [language.naming for language in LANGUAGES.values()]
_PREFIXES = tuple(dict.fromkeys(p for each in LANGUAGES.values() for p in each.writing.prefixes))
"""Prefixes that languages write in one word with the noun; no article: a name has none there."""
_LEADING = [head for naming in _NAMINGS for head in naming.leading_heads]
_TRAILING = [head for naming in _NAMINGS for head in naming.trailing_heads]
_LEADING_WORDS = frozenset(fold(head).strip() for head in _LEADING)
_TRAILING_WORDS = tuple(fold(head).strip() for head in _TRAILING)
CASELESS = re.compile(
    "|".join(each.writing.letters.pattern for each in LANGUAGES.values() if each.naming.definite)
    or "(?!)"
)
"""One letter of a script without capitals in which an article tells names."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Head nouns, folded: whole words, and beginnings of words (`brigade*`)."""

    whole: frozenset[str]
    begun: tuple[str, ...]

    def has(self, word: str) -> bool:
        """Whether the folded Latin word is a head noun."""
        return word in self.whole or word.startswith(self.begun)

    def bare(self, word: str) -> str | None:
        """The head noun in a folded word without what is written before it, or None."""
        for prefix in _PREFIXES:
            if word.startswith(prefix) and self.has(word[len(prefix) :]):
                return word[len(prefix) :]
        return None

    def any_in(self, words: Iterable[str]) -> bool:
        """Whether one of the folded words might be a head noun."""
        return any(
            self.has(word) or (CASELESS.match(word) and self.bare(word) is not None)
            for word in words
        )


def leads(word: str) -> bool:
    """Whether the distinguishing words follow this noun, as in Harakat …."""
    return word in _LEADING_WORDS


def trails(word: str) -> bool:
    """Whether the distinguishing words are before it, as in … Brigades."""
    return word.startswith(_TRAILING_WORDS)


def heads_of(written: Iterable[str]) -> Heads:
    """The head nouns as a pack writes them."""
    whole, begun = set[str](), list[str]()
    for head in written:
        word = "".join(fold(head.removesuffix("*")).split())
        if word and head.endswith("*"):
            begun.append(word)
        elif word:
            whole.add(word)
    return Heads(frozenset(whole), tuple(begun))


DEFAULT = heads_of((*_TRAILING, *_LEADING))
"""For packs that give none."""
