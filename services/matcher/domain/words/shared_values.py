"""A value for each of many words, where few values differ."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class SharedValues(Generic[T]):
    """Values by word; of a word with several, `join` makes one.

    Most words have the same few: each two are joined once, and the result is one object.
    """

    join: Callable[[T, T], T]
    by_word: dict[str, T] = field(default_factory=dict)
    _joined: dict[tuple[int, int], tuple[T, T, T]] = field(default_factory=dict)

    def add(self, words: AbstractSet[str], value: T) -> None:
        """Add the value to each of the words, behind the values that are there."""
        before = {word: self.by_word[word] for word in self.by_word.keys() & words}
        self.by_word.update(dict.fromkeys(words, value))
        self.by_word.update((word, self._join(others, value)) for word, others in before.items())

    def _join(self, first: T, second: T) -> T:
        pair = id(first), id(second)
        kept = self._joined.get(pair)
        if kept is None:
            # both are kept, so that no other gets their identity
            kept = self._joined[pair] = first, second, self.join(first, second)
        return kept[2]
