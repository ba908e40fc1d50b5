"""Head nouns: the words by which the name of an organisation is recognised."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.matcher.domain.text.fold import fold

_ARABIC = re.compile("[ء-ي]")
_PREFIXES = tuple(first + second for first in ("", "و", "ف") for second in ("", "ب", "ك", "ل"))
"""Prefixes that Arabic writes in one word with the noun; no article: a name has none there."""

_ENGLISH = (
    *("brigade*", "battalion*", "regiment*", "legion*", "squadron*", "corps", "army"),
    *("league", "movement", "front", "resistance", "organization", "organisation", "party"),
    *("alliance", "coalition", "companies", "network", "union", "force"),
)
_TRANSLITERATED = (
    *("saraya", "liwa", "harakat", "haraka", "kata'ib", "kata'eb", "katibat", "katiba", "jaysh"),
    *("jaish", "asa'ib", "asa'eb", "usbat", "usba", "ansar", "jund", "jabhat", "hizb", "hezb"),
    *("fawj", "afwaj", "faylaq", "failaq", "tayyar", "rabitat", "lashkar", "harkat", "tehrik"),
    *("tanzim", "tanzeem", "jama'at", "khata'ib"),
)
_SCRIPT = (
    *("سرايا", "سرية", "حركة", "لواء", "ألوية", "كتائب", "كتيبة", "جبهة", "عصائب", "عصبة"),
    *("فيلق", "فوج", "أفواج", "حزب", "تيار", "تحالف", "رابطة", "جند", "منظمة"),
)
_LEADING = frozenset(fold(head).strip() for head in _TRANSLITERATED)
_TRAILING = tuple(fold(head).strip() for head in _ENGLISH)


@dataclass(frozen=True, slots=True)
class Heads:
    """Head nouns, folded: whole words, and beginnings of words (`brigade*`)."""

    whole: frozenset[str]
    begun: tuple[str, ...]

    def has(self, word: str) -> bool:
        """Whether the folded Latin word is a head noun."""
        return word in self.whole or word.startswith(self.begun)

    def bare(self, word: str) -> str | None:
        """The Arabic head noun in a folded word without what is written before it, or None."""
        for prefix in _PREFIXES:
            if word.startswith(prefix) and self.has(word[len(prefix) :]):
                return word[len(prefix) :]
        return None

    def any_in(self, words: Iterable[str]) -> bool:
        """Whether one of the folded words might be a head noun."""
        return any(
            self.has(word) or (_ARABIC.match(word) and self.bare(word) is not None)
            for word in words
        )


def leads(word: str) -> bool:
    """Whether the distinguishing words follow this noun, as in Harakat …."""
    return word in _LEADING


def trails(word: str) -> bool:
    """Whether the distinguishing words are before it, as in … Brigades."""
    return word.startswith(_TRAILING)


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


DEFAULT = heads_of((*_ENGLISH, *_TRANSLITERATED, *_SCRIPT))
"""For packs that give none."""
