"""The spellings of a name in another script: *Kata'ib Hezbollah* is *Kataeb Hizbullah* too.

They are made when lists load, a set of spellings for each word of the name. A report is searched
for the spellings of one word, the anchor, with all other names in one pass; the words beside it
are compared where it is found. So a name costs a report nothing until its anchor is in it, and a
name of five words needs no product of their spellings.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod

from services.matcher.domain.languages.known import TRANSLITERATIONS
from services.matcher.domain.languages.transliteration import Transliteration
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.fold_table import APOSTROPHE, TABLE
from services.matcher.domain.text.scan import WordSpan

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
    """The spellings of a name; None if it is no foreign name in Latin script.

    It is if it has an article, a word that marks such names, or one of the `known` words; or if
    the caller is `sure`.
    """
    for rules in TRANSLITERATIONS:
        words = _latin_words(name, rules)
        if words and (sure or _is_marked(words, known, rules)):
            return SpelledName(tuple(_elements(words, rules)))
    return None


def find_marking_words(name: str) -> frozenset[str]:
    """The words of a foreign name in Latin script that mark its owner's other names as such."""
    for rules in TRANSLITERATIONS:
        words = _latin_words(name, rules)
        if words and _is_marked(words, (), rules):
            return frozenset(words) - {*rules.plain_articles} - rules.as_written
    return frozenset()


def script_spellings(name: str) -> tuple[str, ...]:
    """The folded name, and what it is written as too in its own script."""
    words = fold(name).strip()
    spelled = (pair for rules in TRANSLITERATIONS for pair in rules.script)
    others = (pattern.sub(spelling, words) for pattern, spelling in spelled)
    return tuple(dict.fromkeys((words, *others)))


def _latin_words(name: str, rules: Transliteration) -> list[str]:
    """The words in lower case; none if another script or a choice is in them."""
    if "(" in name:
        return []
    article = f"{rules.plain_articles[0]}-"
    signs = "".join(TABLE[ord(sign)] for sign in rules.alike_article.sub(article, name))
    words = [word.strip(APOSTROPHE) for word in signs.removesuffix(f"{APOSTROPHE}s").split()]
    return words if all(_LATIN.match(word) and word.isascii() for word in words) else []


def _is_marked(words: list[str], known: Collection[str], rules: Transliteration) -> bool:
    plain = [word.replace(APOSTROPHE, "") for word in words]
    article = any(word in rules.plain_articles for word in plain[:-1])
    return article or any(word in rules.markers or word in known for word in plain)


def _elements(words: list[str], rules: Transliteration) -> Iterator[frozenset[str]]:
    words.reverse()
    while words:
        word = words.pop()
        if word in rules.servants and words:
            yield _servant_of(_name_behind_article(words, rules), rules)
        elif word in rules.plain_articles and words:
            yield _with_article(words.pop(), rules)
        else:
            yield frozenset(_spellings(word, rules))


def _name_behind_article(words: list[str], rules: Transliteration) -> str:
    word = words.pop()
    return words.pop() if word in rules.plain_articles and words else word


def _servant_of(word: str, rules: Transliteration) -> frozenset[str]:
    """*Abdul* and a word: in one, in two, and in three with the article."""
    heads = (*rules.servant_articles, *(f"{head} " for head in rules.servants), *rules.servants)
    return frozenset(map("".join, product(heads, _spellings(word, rules))))


def _with_article(word: str, rules: Transliteration) -> frozenset[str]:
    """The word with the article, also joined to it, and without it."""
    sound = rules.assimilated.match(word)
    like_it = [f"{vowel}{sound[0]}" for vowel in "aeu"] if sound else []
    articles = (f"{article} " for article in (*rules.plain_articles, *like_it))
    heads = ("", *articles, *rules.joined_articles)
    return frozenset(map("".join, product(heads, _spellings(word, rules))))


@lru_cache(maxsize=4096)
def _spellings(word: str, rules: Transliteration) -> frozenset[str]:
    plain = word.replace(APOSTROPHE, "")
    if plain in rules.as_written or len(plain) <= _MOST_WORDS:
        return frozenset({plain, *_listed(plain, rules)})
    classes = _limit([list(spellings) for spellings in _classes(word, rules)])
    return frozenset({plain, *map("".join, product(*classes)), *_listed(plain, rules)})


def _listed(word: str, rules: Transliteration) -> frozenset[str]:
    return next((spellings for spellings in rules.words if word in spellings), frozenset())


def _classes(word: str, rules: Transliteration) -> Iterator[Iterable[str]]:
    at = 0
    while at < len(word):
        for pattern, spellings in rules.classes:
            match = pattern.match(word, at)
            if match:
                yield dict.fromkeys((match[0].replace(APOSTROPHE, ""), *filter(None, spellings)))
                at = match.end()
                break


def _limit(classes: list[list[str]]) -> list[list[str]]:
    while prod(map(len, classes)) > MOST_SPELLINGS:
        max(classes, key=len).pop()
    return classes
