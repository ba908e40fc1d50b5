"""The spellings of an Arabic name: *Kata'ib Hezbollah* is *Kataeb Hizbullah* too.

They are made when lists load, a set of spellings for each word of the name. A report is searched
for the spellings of one word, the anchor, with all other names in one pass; the words beside it
are compared where it is found. So a name costs a report nothing until its anchor is in it, and a
name of five words needs no product of their spellings.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, product
from math import prod

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.fold_table import APOSTROPHE, TABLE
from services.matcher.domain.text.scan import ScanResult, WordSpan
from services.matcher.domain.text.spelling_rules import (
    ABD,
    ALIKE_ARTICLE,
    AS_WRITTEN,
    ASSIMILATED,
    CLASSES,
    JOINED_ARTICLES,
    MARKERS,
    PLAIN_ARTICLES,
    SCRIPT,
    WORDS,
)

MOST_SPELLINGS = 96
"""Of one word. Of a word with more the rarest spellings of its widest classes are left out."""
_MOST_WORDS = 3
_LATIN = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class SpelledName:
    """A name, word by word; each element has the spellings of one place, of one word to three.

    `anchor` is the element that the fewest reports hold: the longest.
    """

    elements: tuple[frozenset[str], ...]
    anchor: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        sizes = [min(map(len, element)) for element in self.elements]
        object.__setattr__(self, "anchor", sizes.index(max(sizes)))

    def literals(self) -> Iterable[str]:
        """The literals to scan for: the spellings of the anchor, without those that end in one."""
        element = self.elements[self.anchor]
        return [f" {words} " for words in element if not _ends_in_other(words, element)]

    def find(self, folded: str, anchors: Iterable[WordSpan]) -> list[WordSpan]:
        """The spans of the name around spans of its anchor, in order."""
        spans = (self._around(folded, end) for _, end in anchors)
        return [span for span in spans if span is not None]

    def find_in(self, scan: ScanResult) -> list[WordSpan]:
        """Every span of the name, in order."""
        anchors = (
            scan.find_literal(literal) for literal in self.literals() if literal in scan.literals
        )
        return sorted(set(self.find(scan.folded, chain.from_iterable(anchors))))

    def _around(self, folded: str, end: int) -> WordSpan | None:
        start, anchor = end + 1, self.anchor
        for element in reversed(self.elements[: anchor + 1]):
            start = _start_of(folded, start - 1, element)
            if start < 0:
                return None
        for element in self.elements[anchor + 1 :]:
            end = _end_of(folded, end + 1, element)
            if end < 0:
                return None
        return start, end


def _ends_in_other(words: str, element: frozenset[str]) -> bool:
    _, _, last = words.partition(" ")
    return bool(last) and (last in element or _ends_in_other(last, element))


def _start_of(folded: str, end: int, element: frozenset[str]) -> int:
    """Where the longest words of the element that end at `end` start; -1: there are none."""
    start, longest = end, -1
    for _ in range(_MOST_WORDS):
        start = folded.rfind(" ", 0, start) + 1
        if folded[start:end] in element:
            longest = start
        start -= 1
        if start <= 0:
            break
    return longest


def _end_of(folded: str, start: int, element: frozenset[str]) -> int:
    """Where the longest words of the element that start at `start` end; -1: there are none."""
    end, longest = start - 1, -1
    for _ in range(_MOST_WORDS):
        end = folded.find(" ", end + 1)
        if end < 0:
            break
        if folded[start:end] in element:
            longest = end
    return longest


def spell_name(name: str, known: Collection[str] = (), *, sure: bool = False) -> SpelledName | None:
    """The spellings of a name; None if it is not Arabic in Latin script.

    It is if it has an article, a word that marks such names, or one of the `known` words; or if
    the caller is `sure`.
    """
    words = _latin_words(name)
    if not words or not (sure or _is_arabic(words, known)):
        return None
    return SpelledName(tuple(_elements(words)))


def arabic_words(name: str) -> frozenset[str]:
    """The words of an Arabic name in Latin script that mark its owner's other names as Arabic."""
    words = _latin_words(name)
    if not words or not _is_arabic(words, ()):
        return frozenset()
    return frozenset(words) - {*PLAIN_ARTICLES} - AS_WRITTEN - {"iraqi"}


def script_spellings(name: str) -> tuple[str, ...]:
    """The folded name, and as it is written in Arabic script too."""
    words = fold(name).strip()
    others = (pattern.sub(spelling, words) for pattern, spelling in SCRIPT)
    return tuple(dict.fromkeys((words, *others)))


def _latin_words(name: str) -> list[str]:
    """The words in lower case; none if another script or a choice is in them."""
    if "(" in name:
        return []
    signs = "".join(TABLE[ord(sign)] for sign in ALIKE_ARTICLE.sub("al-", name))
    words = [word.strip(APOSTROPHE) for word in signs.removesuffix(f"{APOSTROPHE}s").split()]
    return words if all(_LATIN.match(word) and word.isascii() for word in words) else []


def _is_arabic(words: list[str], known: Collection[str]) -> bool:
    plain = [word.replace(APOSTROPHE, "") for word in words]
    article = any(word in PLAIN_ARTICLES for word in plain[:-1])
    return article or any(word in MARKERS or word in known for word in plain)


def _elements(words: list[str]) -> Iterator[frozenset[str]]:
    words.reverse()
    while words:
        word = words.pop()
        if word in ABD and words:
            yield _servant_of(_name_behind_article(words))
        elif word in PLAIN_ARTICLES and words:
            yield _with_article(words.pop())
        else:
            yield frozenset(_spellings(word))


def _name_behind_article(words: list[str]) -> str:
    word = words.pop()
    return words.pop() if word in PLAIN_ARTICLES and words else word


def _servant_of(word: str) -> frozenset[str]:
    """*Abdul* and a word: in one, in two, and in three with the article."""
    spelled = (("abd al ", "abd el ", *(f"{abd} " for abd in ABD), *ABD), _spellings(word))
    return frozenset(map("".join, product(*spelled)))


def _with_article(word: str) -> frozenset[str]:
    """The word with the article, also joined to it, and without it."""
    sound = ASSIMILATED.match(word)
    articles = (
        *PLAIN_ARTICLES,
        *((f"a{sound[0]}", f"e{sound[0]}", f"u{sound[0]}") if sound else ()),
    )
    heads = ("", *(f"{article} " for article in articles), *JOINED_ARTICLES)
    return frozenset(map("".join, product(heads, _spellings(word))))


@lru_cache(maxsize=4096)
def _spellings(word: str) -> frozenset[str]:
    plain = word.replace(APOSTROPHE, "")
    if plain in AS_WRITTEN or len(plain) <= _MOST_WORDS:
        return frozenset({plain, *_listed(plain)})
    classes = _limit([list(spellings) for spellings in _classes(word)])
    return frozenset({plain, *map("".join, product(*classes)), *_listed(plain)})


def _listed(word: str) -> frozenset[str]:
    return next((spellings for spellings in WORDS if word in spellings), frozenset())


def _classes(word: str) -> Iterator[Iterable[str]]:
    at = 0
    while at < len(word):
        for pattern, spellings in CLASSES:
            match = pattern.match(word, at)
            if match:
                yield dict.fromkeys((match[0].replace(APOSTROPHE, ""), *filter(None, spellings)))
                at = match.end()
                break


def _limit(classes: list[list[str]]) -> list[list[str]]:
    while prod(map(len, classes)) > MOST_SPELLINGS:
        max(classes, key=len).pop()
    return classes
