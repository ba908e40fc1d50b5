"""A sentence of a report as `says` reads it: its words, and what lists find in them."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

NO_BREAKS: frozenset[int] = frozenset()


class WordRange(NamedTuple):
    """Words of one sentence: index of the first, and past the last."""

    start: int
    end: int


class NamedMember(NamedTuple):
    """A member of a list, and the words of the sentence that name it."""

    member: str
    words: WordRange


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or a title. Everything in it is counted in words.

    `words` are folded. `lists` has the occurrences of word lists by name, each in order of start;
    a list without an occurrence may be absent. `phrases` has those of every phrase that a rule
    looks for. `members` are in order of start, and none is inside another. `breaks` are the
    indexes of words before which a comma, a dash, a colon, a bracket or a quotation mark stands;
    `commas` are those that may part names in a list. `start` is the index of its first letter in
    the folded texts.
    """

    words: tuple[str, ...]
    language: str
    lists: Mapping[str, Sequence[WordRange]] = field(default_factory=dict)
    phrases: Mapping[Hashable, Sequence[WordRange]] = field(default_factory=dict)
    members: Sequence[NamedMember] = ()
    breaks: frozenset[int] = NO_BREAKS
    commas: frozenset[int] = NO_BREAKS
    start: int = 0

    def char_range(self, words: WordRange) -> tuple[int, int]:
        """Where these words are in the folded texts: first letter, and past the last letter."""
        before = self.start + sum(map(len, self.words[: words.start])) + words.start
        inside = self.words[words.start : words.end]
        return before, before + sum(map(len, inside)) + len(inside) - 1
