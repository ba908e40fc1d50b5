"""The index of word lists: a look at each word says which lists it may be of."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain

from services.matcher.domain.text.scan import ListedWord, WordIndex
from services.matcher.domain.words.word_list import (
    BoundChoice,
    BoundLists,
    BoundPattern,
    IndexedList,
    group_words,
    second_triggers,
)


def index_words(lists: Iterable[IndexedList]) -> WordIndex:
    """The index of these lists, and of those that their patterns name."""
    known: dict[str, IndexedList] = {}
    for listed in lists:
        known.update(_with_named(listed, known))
    words: dict[str, ListedWord] = {}
    joining = _Joining()
    for of_one, in_list in _listed_words(known.values()):
        before = {word: words[word] for word in words.keys() & of_one}
        words.update(dict.fromkeys(of_one, in_list))
        words.update((word, joining.join(others, in_list)) for word, others in before.items())
    return WordIndex(words, frozenset(known))


@dataclass(slots=True)
class _Joining:
    """Joins what words are in: most words are in the same few lists."""

    _by_identity: dict[tuple[int, int], tuple[ListedWord, ListedWord, ListedWord]] = field(
        default_factory=dict
    )

    def join(self, first: ListedWord, second: ListedWord) -> ListedWord:
        """Both; the same for the same two, which are kept so that no other has their identity."""
        pair = id(first), id(second)
        kept = self._by_identity.get(pair)
        if kept is None:
            kept = self._by_identity[pair] = first, second, first.joined(second)
        return kept[2]


def _listed_words(lists: Iterable[IndexedList]) -> Iterator[tuple[AbstractSet[str], ListedWord]]:
    """Words, and what they are in one list."""
    same: dict[frozenset[str], frozenset[str]] = {}  # whether a text has one is asked once for each
    for listed in lists:
        single = ListedWord((listed.key,))
        yield listed.singles, single
        for told in listed.told.values():
            yield told.triggers() - listed.singles, single
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
    by_word = [listed.patterns, *(told.patterns for told in listed.told.values())]
    groups = chain.from_iterable(map(group_words, by_word))
    patterns = dict.fromkeys(pattern for of_words, _ in groups for pattern in of_words)
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
