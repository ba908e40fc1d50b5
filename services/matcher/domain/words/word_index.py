"""The index of word lists: a look at each word of a report says which lists it may hold."""

from collections.abc import Iterable, Mapping

from services.matcher.domain.words.word_list import IndexedList

WordIndex = Mapping[str, tuple[str, ...]]
"""The keys of the lists that a word alone is enough for, or is the rarest word of a pattern of."""


def index_words(lists: Iterable[IndexedList]) -> WordIndex:
    """The index of these lists."""
    keys: dict[str, list[str]] = {}
    for listed in {each.key: each for each in lists}.values():
        for word in listed.triggers():
            keys.setdefault(word, []).append(listed.key)
    # most words are in the same few lists: one tuple for each set of lists
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    return {word: same.setdefault(tuple(of_word), tuple(of_word)) for word, of_word in keys.items()}
