"""The index of word lists: a look at each word says which lists it may be of."""

from collections.abc import Iterable, Iterator

from services.matcher.domain.text.scan import ListedWord, WordIndex
from services.matcher.domain.words.word_list import (
    BoundChoice,
    BoundLists,
    BoundPattern,
    IndexedList,
    second_triggers,
)


def index_words(lists: Iterable[IndexedList]) -> WordIndex:
    """The index of these lists, and of those that their patterns name."""
    known: dict[str, IndexedList] = {}
    for listed in lists:
        known.update(_with_named(listed, known))
    words: dict[str, ListedWord] = {}
    same: dict[ListedWord, ListedWord] = {}  # most words are in the same few lists
    for word, in_list in _listed_words(known.values()):
        before = words.get(word)
        in_lists = in_list if before is None else before.joined(in_list)
        words[word] = in_list if before is None else same.setdefault(in_lists, in_lists)
    return WordIndex(words, frozenset(known))


def _listed_words(lists: Iterable[IndexedList]) -> Iterator[tuple[str, ListedWord]]:
    """Each word with what it is in each list."""
    same: dict[frozenset[str], frozenset[str]] = {}  # whether a text has one is asked once for each
    for listed in lists:
        single = ListedWord((listed.key,))
        yield from ((word, single) for word in listed.singles)
        for told in listed.told.values():
            yield from ((word, single) for word in told.triggers() - listed.singles)
        begun: dict[tuple[BoundPattern, ...], ListedWord] = {}
        for word, patterns in listed.patterns.items():
            if word not in listed.singles:
                if patterns not in begun:
                    seconds = frozenset().union(*map(second_triggers, patterns))
                    seconds = same.setdefault(seconds, seconds)
                    begun[patterns] = ListedWord((), ((listed.key, seconds),))
                yield word, begun[patterns]


def _with_named(
    listed: IndexedList, known: dict[str, IndexedList]
) -> Iterator[tuple[str, IndexedList]]:
    """The list by its key, and those that its patterns name, but for `known` ones."""
    if listed.key in known:
        return
    yield listed.key, listed
    by_word = [listed.patterns, *(told.patterns for told in listed.told.values())]
    patterns = dict.fromkeys(p for each in by_word for of_word in each.values() for p in of_word)
    for named in dict.fromkeys(one for each in patterns for one in pattern_lists(each)):
        yield from _with_named(named, known)


def pattern_lists(pattern: BoundPattern) -> Iterator[IndexedList]:
    """The word lists in a pattern."""
    for part in pattern.parts:
        if isinstance(part, BoundLists):
            yield from part.lists
        elif isinstance(part, BoundChoice):
            for choice in part.patterns:
                yield from pattern_lists(choice)
