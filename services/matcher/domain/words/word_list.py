"""A word list as it is looked for: words that are enough, and patterns that need more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.matcher.domain.text.word_frequency import any_frequency, forms_frequency
from services.matcher.domain.words.pattern import Gap, Prefix, Words

KEY_MARK = "%"
"""What the key of a list begins with; no folded text has it."""


@dataclass(frozen=True, slots=True)
class BoundLists:
    """Something of one of these word lists, or a name of one of these members."""

    lists: tuple["IndexedList", ...]
    members: frozenset[str] = frozenset()
    keys: frozenset[str] = field(init=False, repr=False, compare=False)
    """The keys of the lists, and of those that are in them."""

    def __post_init__(self) -> None:
        keys = frozenset(each.key for each in with_named(self.lists))
        object.__setattr__(self, "keys", keys)


@dataclass(frozen=True, slots=True)
class BoundChoice:
    """Any of several patterns."""

    patterns: tuple["BoundPattern", ...]


BoundPart = Words | Prefix | BoundLists | BoundChoice


@dataclass(frozen=True, slots=True)
class BoundPattern:
    """A pattern whose lists are known; see `Pattern`."""

    parts: tuple[BoundPart, ...]
    gaps: tuple[Gap, ...]
    slack: int
    names_several: bool = field(init=False, repr=False, compare=False)
    """Whether members are named in two of its parts."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # asked for again and again in every report
        naming = [part for part in self.parts if isinstance(part, BoundLists) and part.members]
        object.__setattr__(self, "names_several", len(naming) > 1)
        object.__setattr__(self, "_hash", hash((self.parts, self.gaps, self.slack)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True, eq=False)
class IndexedList:
    """A word list; `key` is unique in a rulebook.

    A word of `singles` is enough. A pattern of several words is under those of its words of which
    a text must have one, the rarest. All that is in a list of `named` is in this one too; its own
    words and its `frequency` are without them.
    """

    key: str
    name: str
    singles: frozenset[str]
    patterns: Mapping[str, tuple[BoundPattern, ...]] = field(default_factory=dict)
    frequency: float = 1.0
    named: tuple["IndexedList", ...] = ()
    of_guests: Mapping[str, "IndexedList"] = field(default_factory=dict)
    """What the list is in texts of a language that shares its letters with another, by code."""

    def triggers(self) -> frozenset[str]:
        """A text that holds something of the list has one of these words."""
        return frozenset().union(*(each.own_triggers() for each in with_named([self])))

    def own_triggers(self) -> frozenset[str]:
        """The same for what the list has without those that it names."""
        of_guests = (each.triggers() for each in self.of_guests.values())
        return self.singles.union(self.patterns, *of_guests)


def with_named(lists: Iterable[IndexedList]) -> Sequence[IndexedList]:
    """The lists, and those that are in them, each once: a text that holds one has a word of one."""
    found = list(dict.fromkeys(lists))
    for listed in found:
        found += [each for each in listed.named if each not in found]
    return found


def group_words(
    patterns: Mapping[str, tuple[BoundPattern, ...]],
) -> Iterator[tuple[tuple[BoundPattern, ...], AbstractSet[str]]]:
    """The tuples of patterns, each with the words that it is under."""
    words_of: dict[int, list[str]] = {}
    for word, of_word in patterns.items():
        words_of.setdefault(id(of_word), []).append(word)
    for words in words_of.values():
        yield patterns[words[0]], frozenset(words)


def part_frequency(part: BoundPart) -> float:
    """The fraction of reports that are expected to have the part."""
    match part:
        case Words():
            return forms_frequency(part.forms)
        case BoundLists(lists=lists, members=members):
            return 1.0 if members else lists_frequency(lists)
        case BoundChoice():
            return any_frequency(part_frequency(rarest_part(each)) for each in part.patterns)
    return 1.0


def lists_frequency(lists: Iterable[IndexedList]) -> float:
    """The fraction of reports that are expected to have one of the lists."""
    return any_frequency(each.frequency for each in with_named(lists))


def rarest_part(pattern: BoundPattern) -> BoundPart:
    """The part that fewest reports have."""
    first, *others = pattern.parts
    return min(pattern.parts, key=part_frequency) if others else first


def part_triggers(part: BoundPart) -> frozenset[str]:
    """A text that holds the part has one of these words; only for parts of word lists."""
    match part:
        case Words():
            return part.forms
        case BoundLists(lists=lists):
            return frozenset().union(*(each.triggers() for each in lists))
        case BoundChoice():
            return frozenset().union(*(part_triggers(rarest_part(each)) for each in part.patterns))
    return frozenset()


def second_triggers(pattern: BoundPattern) -> frozenset[str]:
    """A text that holds the pattern has one of these words besides one of its rarest part."""
    rarest = rarest_part(pattern)
    others = [part for part in pattern.parts if part is not rarest]
    triggers = [part_triggers(part) for part in sorted(others, key=part_frequency)]
    return next(filter(None, triggers), part_triggers(rarest))
