"""Finds word lists and patterns in the words of a report, in time linear in the words."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, KeysView, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter

from services.matcher.domain.text.report_words import SentenceWords, WordRange
from services.matcher.domain.text.scan import NO_INDEX, WordIndex
from services.matcher.domain.text.sentence_language import find_language
from services.matcher.domain.words.pattern import Gap, Words
from services.matcher.domain.words.word_list import (
    BoundChoice,
    BoundLists,
    BoundPart,
    BoundPattern,
    IndexedList,
)

Ranges = Sequence[WordRange]
FindMembers = Callable[[frozenset[str]], Iterable[WordRange]]
"""Where members of this set are named."""
NOWHERE: Ranges = ()


Chain = tuple[int, int, int]
"""First word, past the last word, and how many words are between its parts."""


def _find_triggers(words: KeysView[str], index: WordIndex) -> dict[str, list[str]]:
    """The words by the key of each list; not if other words of the list are surely missing."""
    triggers: dict[str, list[str]] = {}
    present = frozenset(words)  # two frozensets are compared without hashing again
    have_other: dict[AbstractSet[str], bool] = {}  # many words begin the same patterns
    for word, listed in index.find(words):
        for key in listed.keys:
            triggers.setdefault(key, []).append(word)
        for key, others in listed.begun:
            has_other = have_other.get(others)
            if has_other is None:
                has_other = have_other[others] = not present.isdisjoint(others)
            if has_other:
                triggers.setdefault(key, []).append(word)
    return triggers


def _no_members(_: frozenset[str]) -> Iterable[WordRange]:
    return ()


class WordFinder:
    """Finds in one report, or in one sentence; what was found is kept.

    A list of the `index` costs a look at each word once for all of them, any other one by itself.
    """

    __slots__ = (
        "_index",
        "_known",
        "_language",
        "_members",
        "_patterns",
        "_reported",
        "_triggers",
        "words",
    )

    def __init__(
        self,
        words: SentenceWords,
        members: FindMembers = _no_members,
        index: WordIndex = NO_INDEX,
        *,
        reported: str | None = None,
    ) -> None:
        self.words = words
        self._index = index
        self._reported = reported
        self._language: str | None = None
        self._members = members
        self._known: dict[str, Ranges] = {}
        self._patterns: dict[BoundPattern, Ranges] = {}
        self._triggers: dict[str, list[str]] | None = None

    @property
    def language(self) -> str:
        """The code of the language that the words are in; `reported`: what the report says."""
        if self._language is None:
            self._language = find_language(self.words.words, self._reported)
        return self._language

    @property
    def triggers(self) -> dict[str, list[str]]:
        """The words by the key of each list of the index that they may be of."""
        if self._triggers is None:
            self._triggers = _find_triggers(self.words.distinct(), self._index)
        return self._triggers

    def find_list(self, listed: IndexedList) -> Ranges:
        """Every occurrence of the list, in order; none is there twice."""
        if listed.of_guests:
            listed = listed.of_guests.get(self.language, listed)
        known = self._known.get(listed.key)
        if known is None:
            known = self._look_for(listed)
            if listed.named:
                known = _merge((known, *map(self.find_list, listed.named)))
            self._known[listed.key] = known
        return known

    def find_pattern(self, pattern: BoundPattern) -> Ranges:
        """The occurrences of the pattern, in order: of those with one end the shortest."""
        if len(pattern.parts) == 1:
            return self._find(pattern.parts[0])
        known = self._patterns.get(pattern)
        if known is None:
            known = self._patterns[pattern] = self._find_several(pattern)
        return known

    def _find_several(self, pattern: BoundPattern) -> Ranges:
        if not self._may_hold_all(pattern):
            return NOWHERE
        first, *others = pattern.parts
        chains = [(start, end, 0) for start, end in self._find(first)]
        for part, gap in zip(others, pattern.gaps, strict=True):
            chains = self._join(chains, self._find(part), gap) if chains else []
        return sorted({WordRange(s, e) for s, e, between in chains if between <= pattern.slack})

    def _look_for(self, listed: IndexedList) -> Ranges:
        triggers = self._triggers_of(listed)
        if not triggers:
            return NOWHERE
        places, singles = list[WordRange](), listed.singles
        for word in triggers:
            if word in singles:
                places += self.words.places(word)
        if listed.patterns:
            places += self._find_patterns(listed, triggers)
        return sorted({*places}) if len(places) > 1 else places

    def _find_patterns(self, listed: IndexedList, triggers: Sequence[str]) -> list[WordRange]:
        """The places of those patterns of the list that begin with these words."""
        patterns: dict[BoundPattern, None] = {}
        for word in triggers:
            if of_word := listed.patterns.get(word):
                patterns.update(dict.fromkeys(of_word))
        return [place for pattern in patterns for place in self.find_pattern(pattern)]

    def _triggers_of(self, listed: IndexedList) -> Sequence[str]:
        if listed.key in self._index.keys:
            return self.triggers.get(listed.key, ())
        singles = self.words.among(listed.singles)
        begun = self.words.among(listed.patterns.keys())
        return tuple(dict.fromkeys((*singles, *begun)))

    def _may_hold(self, part: BoundPart) -> bool:
        """Whether the part may be there: False is certain, and costs little."""
        if isinstance(part, Words):
            return not self.words.distinct().isdisjoint(part.forms)
        if isinstance(part, BoundLists):
            if part.members or not self.triggers.keys().isdisjoint(part.keys):
                return True
            return not part.keys <= self._index.keys  # of others nothing is known
        if isinstance(part, BoundChoice):
            return any(map(self._may_hold_all, part.patterns))
        return True

    def _may_hold_all(self, pattern: BoundPattern) -> bool:
        for part in pattern.parts:  # noqa: SIM110  (a generator costs more than the look)
            if not self._may_hold(part):
                return False
        return True

    def _find(self, part: BoundPart) -> Ranges:
        if isinstance(part, BoundLists):
            return self._find_lists(part)
        if isinstance(part, Words):
            return self._find_words(part.forms)
        if isinstance(part, BoundChoice):
            return _merge(self.find_pattern(pattern) for pattern in part.patterns)
        words = enumerate(self.words.words)
        return [WordRange(at, at + 1) for at, word in words if word.startswith(part.letters)]

    def _find_lists(self, part: BoundLists) -> Ranges:
        lists, members = part.lists, part.members
        if len(lists) == 1 and not members:
            return self.find_list(lists[0])
        of_lists = map(self.find_list, lists)
        return _merge((*of_lists, self._members(members) if members else ()))

    def _find_words(self, forms: frozenset[str]) -> Ranges:
        met = self.words.among(forms)
        if not met:
            return NOWHERE
        places = [place for word in met for place in self.words.places(word)]
        return sorted(places) if len(met) > 1 else places

    def _join(self, chains: Sequence[Chain], following: Ranges, gap: Gap) -> list[Chain]:
        joined = self._join_in_order(chains, [(*each, 0) for each in following], gap.most)
        if gap.either_order:
            joined += self._join_in_order([(*each, 0) for each in following], chains, gap.most)
        return joined

    def _join_in_order(
        self,
        before: Sequence[Chain],
        after: Sequence[Chain],
        most: int,
    ) -> list[Chain]:
        """Each of `after` with the latest of `before` that ends before it, if that is near."""
        by_end = sorted(before, key=_END_AND_START)
        ends = [end for _, end, _ in by_end]
        joined = []
        for start, end, inside in after:
            latest = bisect_right(ends, start) - 1
            if latest < 0 or start - ends[latest] > most:
                continue
            first, last, between = by_end[latest]
            if self.words.are_together(last - 1, start):
                joined.append((first, end, between + inside + start - last))
        return joined


_END_AND_START = itemgetter(1, 0)


def _merge(several: Iterable[Iterable[WordRange]]) -> Ranges:
    return sorted({place for ranges in several for place in ranges})
