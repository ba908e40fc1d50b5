"""The words of a report by number, and where they are in its folded texts."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, KeysView, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, pairwise
from typing import NamedTuple

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.literal_spans import find_literal

CharRange = tuple[int, int]
_FEW = 128
"""Words among which to look for one costs less than to number them all."""
_LOOKS = 8
"""So many looks through the letters of a report cost less than to number its words."""


class WordRange(NamedTuple):
    """Words by number: the first, and past the last."""

    start: int
    end: int


class SentenceWords:
    """The words of one sentence, or of any text without parts."""

    __slots__ = ("_distinct", "_places", "words")

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._distinct: dict[str, None] | None = None
        self._places: dict[str, list[int]] | None = None

    def distinct(self) -> KeysView[str]:
        """The words, each once."""
        if self._distinct is None:
            self._distinct = dict.fromkeys(self.words)
        return self._distinct.keys()

    def among(self, forms: AbstractSet[str]) -> Collection[str]:
        """The words that are among these, of which there may be many."""
        words = self.distinct()
        smaller, larger = (forms, words) if len(forms) < len(words) else (words, forms)
        return [word for word in smaller if word in larger]

    def places(self, word: str) -> list[WordRange]:
        """The positions of the word, in order."""
        if len(self.words) <= _FEW:
            return [WordRange(at, at + 1) for at, each in enumerate(self.words) if each == word]
        if self._places is None:
            self._places = {}
            for at, each in enumerate(self.words):
                self._places.setdefault(each, []).append(at)
        return [WordRange(at, at + 1) for at in self._places.get(word, ())]

    def are_together(self, first: int, last: int) -> bool:  # noqa: ARG002  (it has no parts)
        """Whether two words are in one text."""
        return True


class ReportWords(SentenceWords):
    """The words of folded texts that are joined, as a scan has them.

    `starts` has the index in `folded` at which each text starts.
    """

    __slots__ = ("_firsts", "_folded", "_letters", "_looks", "_starts")

    def __init__(self, folded: str, starts: Sequence[int] = (0,)) -> None:
        super().__init__(folded.split())
        self._folded = folded
        self._starts = starts
        self._looks = 0
        self._firsts: list[int] | None = None
        self._letters: list[int] | None = None

    def text_number(self, word: int) -> int:
        """The number of the text that has the word."""
        return bisect_right(self._first_words(), word) - 1

    def places(self, word: str) -> list[WordRange]:
        """The positions of the word, in order."""
        if self._looks < _LOOKS:
            self._looks += 1
            return [*self.word_ranges(find_literal(self._folded, f" {word} "))]
        return super().places(word)

    def are_together(self, first: int, last: int) -> bool:
        """Whether two words are in one text."""
        return len(self._starts) == 1 or self.text_number(first) == self.text_number(last)

    def char_range(self, words: WordRange) -> CharRange:
        """The words in the folded texts: index of the first letter, and past the last."""
        letters, last = self._first_letters(), words.end - 1
        return letters[words.start], letters[last] + len(self.words[last])

    def word_ranges(self, spans: Iterable[CharRange]) -> Iterator[WordRange]:
        """The whole words at these letters of the folded texts; spans in order cost least."""
        counted = spaces = 0
        for start, end in spans:
            if start < counted:
                counted = spaces = 0
            spaces += self._folded.count(" ", counted, start)
            counted = start
            # a space comes before each word, and one behind each text
            first = spaces - bisect_right(self._starts, start)
            yield WordRange(first, first + self._folded.count(" ", start, end) + 1)

    def _first_words(self) -> list[int]:
        """The number of the first word of each text."""
        if self._firsts is None:
            ends = (*self._starts[1:], len(self._folded))
            # a text of n words has n + 1 spaces
            counts = (
                self._folded.count(" ", start, end) - 1
                for start, end in zip(self._starts, ends, strict=True)
            )
            self._firsts = list(accumulate(counts, initial=0))[:-1]
        return self._firsts

    def _first_letters(self) -> list[int]:
        """The index in the folded texts of the first letter of each word."""
        if self._letters is None:
            # a space follows each word, and another one begins each text
            letters = list(accumulate((len(word) + 1 for word in self.words), initial=1))
            bounds = pairwise([*self._first_words(), len(self.words)])
            self._letters = [
                letters[word] + text
                for text, (first, last) in enumerate(bounds)
                for word in range(first, last)
            ]
        return self._letters


def read_words(text: str) -> ReportWords:
    """The words of a raw text."""
    return ReportWords(fold(text))
