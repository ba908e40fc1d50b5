"""The index of word lists: a look at each word says which lists it may be of."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain

from services.matcher.domain.text.scan import ListedWord, WordIndex
from services.matcher.domain.words.shared_values import SharedValues
from services.matcher.domain.words.word_list import (
    BoundChoice,
    BoundLists,
    BoundPattern,
    IndexedList,
    group_words,
    second_triggers,
    with_named,
)


def index_words(lists: Iterable[IndexedList]) -> WordIndex:
    """The index of these lists, and of those that their patterns name."""
    known: dict[str, IndexedList] = {}
    for listed in lists:
        known.update(_with_named(listed, known))
    words = SharedValues(ListedWord.joined)
    for of_one, in_list in _listed_words(known.values()):
        words.add(of_one, in_list)
    in_ascii = {word: listed for word, listed in words.by_word.items() if word.isascii()}
    return WordIndex(words.by_word, frozenset(known), in_ascii)


def _listed_words(lists: Iterable[IndexedList]) -> Iterator[tuple[AbstractSet[str], ListedWord]]:
    """Words, and what they are in one list."""
    same: dict[frozenset[str], frozenset[str]] = {}  # whether a text has one is asked once for each
    for listed in lists:
        single = ListedWord((listed.key,))
        yield listed.singles, single
        for of_guest in listed.of_guests.values():
            yield of_guest.triggers() - listed.singles, single
        for patterns, words in group_words(listed.patterns):
            seconds = frozenset().union(*map(second_triggers, patterns))
            seconds = same.setdefault(seconds, seconds)
            yield words - listed.singles, ListedWord((), ((listed.key, seconds),))


def _with_named(
    listed: IndexedList, known: dict[str, IndexedList]
) -> Iterator[tuple[str, IndexedList]]:
    """The list by its key, and those that its patterns name, but for `known` ones."""
    if listed.key in known:
        return
    yield listed.key, listed
    for each in (listed, *listed.of_guests.values()):
        for named in dict.fromkeys((*each.named, *_lists_of_patterns(each))):
            yield from _with_named(named, known)


def _lists_of_patterns(listed: IndexedList) -> Iterator[IndexedList]:
    by_word = {id(patterns): patterns for patterns in listed.patterns.values()}  # few differ
    for pattern in dict.fromkeys(chain.from_iterable(by_word.values())):
        yield from pattern_lists(pattern)


def pattern_lists(pattern: BoundPattern) -> Iterator[IndexedList]:
    """The word lists in a pattern, and those that are in them."""
    for part in pattern.parts:
        if isinstance(part, BoundLists):
            yield from with_named(part.lists)
        elif isinstance(part, BoundChoice):
            for choice in part.patterns:
                yield from pattern_lists(choice)
