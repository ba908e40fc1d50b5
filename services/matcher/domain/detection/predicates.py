"""The predicate of a rule: tests of single fields, joined by and, or, not."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import prod
from typing import ClassVar, NamedTuple

from services.matcher.domain.detection.view import EventView
from services.matcher.domain.says.parts import Group
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.literal_order import AnyPair
from services.matcher.domain.words.word_list import IndexedList

Atom = tuple[str, str]
"""A field and a value without case, or an empty field and a literal that the scan finds."""
ANY_VALUE = "\0"
"""In the place of a value: the field is there. No text of an event has it."""


class RequiredNaming(NamedTuple):
    """A sentence of the event names one of the group, and has a word of a list of each set.

    `keys` are sets of keys of lists, of which one at least, the rarest first.
    """

    group: Group
    keys: tuple[frozenset[str], ...]

    def atoms(self) -> tuple[frozenset[Atom], frozenset[Atom]]:
        """Its members, and its rarest lists."""
        members = frozenset(("entities", member) for member in self.group.counted)
        return members, frozenset(("", key) for key in self.keys[0])


GroupSelectivity = Callable[[frozenset[Atom]], float]
"""The fraction of events that have an atom of a group."""


class FieldTest(ABC):
    """A test of one field. Pure, and never raises."""

    __slots__ = ()
    field: str
    selects: ClassVar[bool] = True
    """Whether it selects some values of a list field."""
    cost: ClassVar[int] = 1
    """Relative cost: cheap tests are evaluated first."""
    reads_sentences: ClassVar[bool] = False
    """Whether it finds who does what in a sentence."""

    @abstractmethod
    def holds(self, view: EventView) -> bool:
        """Whether the event passes; without the field it does not."""

    @abstractmethod
    def members(self, view: EventView) -> Iterable[str]:
        """The values of the field that pass, as text."""

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:  # noqa: ARG002  (most test no words)
        """Where they are in the words of the event (title and text together)."""
        return ()

    def roles(self, name: str, view: EventView) -> Iterable[str]:  # noqa: ARG002  (most find nobody)
        """The members that it finds to do (`doers`) or undergo an act (`undergoers`)."""
        return ()

    def said(self, view: EventView) -> str:  # noqa: ARG002  (most read no sentence)
        """What a sentence says, in a line; empty for a test that reads none."""
        return ""

    def role_lists(self, name: str) -> Iterable[str]:  # noqa: ARG002  (most name none)
        """The lists of members that it finds those of, as a rule names them: `one|other`."""
        return ()

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """Groups of atoms: every event that passes has an atom of each."""
        return ()

    def required_namings(self) -> Iterable[RequiredNaming]:
        """What a sentence of every event that passes has."""
        return ()

    def required_pairs(self) -> Iterable[AnyPair]:
        """Literals that follow each other: every event that passes has a pair of each."""
        return ()

    def literals(self) -> Iterable[str]:
        """The literals that the scan has to look for."""
        return ()

    def scanned_fields(self) -> Iterable[str]:
        """The fields whose text it needs scanned."""
        return ()

    def word_lists(self) -> Iterable[IndexedList]:
        """The word lists whose keys may be among its atoms."""
        return ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Predicate", ...]

    def holds(self, view: EventView) -> bool:
        """Whether every part holds."""
        for part in self.parts:  # noqa: SIM110  (a generator costs more than the tests)
            if not part.holds(view):
                return False
        return True

    @property
    def cost(self) -> int:
        """The cost of its parts."""
        return sum(part.cost for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds at least."""

    parts: tuple["Predicate", ...]

    def holds(self, view: EventView) -> bool:
        """Whether one part holds at least."""
        for part in self.parts:  # noqa: SIM110  (a generator costs more than the tests)
            if part.holds(view):
                return True
        return False

    @property
    def cost(self) -> int:
        """The cost of its parts."""
        return sum(part.cost for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Predicate"

    def holds(self, view: EventView) -> bool:
        """Whether the part does not hold."""
        return not self.part.holds(view)

    @property
    def cost(self) -> int:
        """The cost of its part."""
        return self.part.cost


Predicate = AllOf | AnyOf | Not | FieldTest
NEVER = AnyOf(())
"""The predicate that no event meets."""


def cheap_first(parts: Iterable[Predicate]) -> tuple[Predicate, ...]:
    """The parts by cost; their order changes no result."""
    return tuple(sorted(parts, key=_cost))


def _cost(part: Predicate) -> int:
    return part.cost


def field_tests(predicate: Predicate) -> Iterator[FieldTest]:
    """Every test of a single field."""
    if isinstance(predicate, (AllOf, AnyOf)):
        for part in predicate.parts:
            yield from field_tests(part)
    elif isinstance(predicate, Not):
        yield from field_tests(predicate.part)
    else:
        yield predicate


def positive_tests(predicate: Predicate) -> Iterator[FieldTest]:
    """The tests that are under no `not`."""
    if isinstance(predicate, (AllOf, AnyOf)):
        for part in predicate.parts:
            yield from positive_tests(part)
    elif not isinstance(predicate, Not):
        yield predicate


def required_groups(predicate: Predicate, selectivity: GroupSelectivity) -> list[frozenset[Atom]]:
    """Groups of atoms: every event that meets the predicate has an atom of each."""
    if isinstance(predicate, AllOf):
        return [group for part in predicate.parts for group in required_groups(part, selectivity)]
    if isinstance(predicate, AnyOf):
        groups = [_most_selective(part, selectivity) for part in predicate.parts]
        return [frozenset().union(*groups)] if all(groups) else []
    return [] if isinstance(predicate, Not) else [*predicate.required_groups()]


def _most_selective(predicate: Predicate, selectivity: GroupSelectivity) -> frozenset[Atom]:
    """The required group that fewest events have; empty if none is known."""
    groups = required_groups(predicate, selectivity)
    return min(groups, key=selectivity, default=frozenset())


def required_namings(
    predicate: Predicate, selectivity: GroupSelectivity
) -> list[tuple[RequiredNaming, ...]]:
    """Alternatives: every event that meets the predicate has one of each."""
    if isinstance(predicate, AllOf):
        return [each for part in predicate.parts for each in required_namings(part, selectivity)]
    if isinstance(predicate, AnyOf):
        frequency = partial(namings_frequency, selectivity=selectivity)
        several = [
            min(required_namings(part, selectivity), key=frequency, default=())
            for part in predicate.parts
        ]
        return [tuple(chain.from_iterable(several))] if all(several) else []
    if isinstance(predicate, Not):
        return []
    return [(naming,) for naming in predicate.required_namings()]


def required_pairs(predicate: Predicate) -> Iterator[AnyPair]:
    """Literals that follow each other: every event that meets the predicate has a pair of each."""
    if isinstance(predicate, AllOf):
        yield from chain.from_iterable(map(required_pairs, predicate.parts))
    elif not isinstance(predicate, (AnyOf, Not)):
        yield from predicate.required_pairs()


def namings_frequency(namings: Iterable[RequiredNaming], selectivity: GroupSelectivity) -> float:
    """The fraction of events that are expected to have one of them."""
    return sum(prod(min(1.0, selectivity(group)) for group in each.atoms()) for each in namings)
