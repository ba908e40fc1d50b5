"""What a rule asks of an event: conditions on single fields, joined by and, or, not."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from services.matcher.domain.detection.view import EventView
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.proximity import Pair

Atom = tuple[str, str]
"""A field and a value without case, or an empty field and a literal that the scan finds."""


Rarity = Callable[[Atom], float]
"""The share of events, from 0 to 1, that have an atom."""
Share = Callable[[frozenset[Atom]], float]


class FieldTest(ABC):
    """A condition on one field. Pure, and never raises."""

    __slots__ = ()
    field: str
    selects: ClassVar[bool] = True
    """Whether it tells some values of a list field from others."""
    cost: ClassVar[int] = 1
    """What asking costs beside others: the cheap are asked first."""

    @abstractmethod
    def holds(self, view: EventView) -> bool:
        """Whether the event meets it; an absent field does not."""

    @abstractmethod
    def members(self, view: EventView) -> Iterable[str]:
        """The values that meet it, as text."""

    def stretches(self, view: EventView) -> Iterable[CharSpan]:  # noqa: ARG002  (most stand in no words)
        """Where in the words of the event (title and text together) they stand."""
        return ()

    def groups(self) -> Iterable[frozenset[Atom]]:
        """Of each of these groups every event that meets it has an atom; none if none is known."""
        return ()

    def pairs(self) -> Iterable[Pair]:
        """Words that stand near one another in every event that meets it."""
        return ()

    def literals(self) -> Iterable[str]:
        """What the scan has to look for."""
        return ()

    def scans(self) -> Iterable[str]:
        """The fields whose text the scan has to look in."""
        return ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Predicate", ...]

    def holds(self, view: EventView) -> bool:
        """Whether every part holds."""
        for part in self.parts:  # noqa: SIM110  (a generator costs more than the questions)
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
        for part in self.parts:  # noqa: SIM110  (a generator costs more than the questions)
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


def cheap_first(parts: Iterable[Predicate]) -> tuple[Predicate, ...]:
    """The parts in the order in which they are best asked; which comes first changes no answer."""
    return tuple(sorted(parts, key=_cost))


def _cost(part: Predicate) -> int:
    return part.cost


def field_tests(predicate: Predicate) -> Iterator[FieldTest]:
    """Every condition on a single field."""
    if isinstance(predicate, (AllOf, AnyOf)):
        for part in predicate.parts:
            yield from field_tests(part)
    elif isinstance(predicate, Not):
        yield from field_tests(predicate.part)
    else:
        yield predicate


def affirmed(predicate: Predicate) -> Iterator[FieldTest]:
    """The conditions that stand under no `not`."""
    if isinstance(predicate, (AllOf, AnyOf)):
        for part in predicate.parts:
            yield from affirmed(part)
    elif not isinstance(predicate, Not):
        yield predicate


def required(predicate: Predicate, share: Share) -> list[frozenset[Atom]]:
    """Groups of atoms, of each of which every event that meets the predicate has one."""
    if isinstance(predicate, AllOf):
        return [group for part in predicate.parts for group in required(part, share)]
    if isinstance(predicate, AnyOf):
        each = [min(required(part, share), key=share, default=None) for part in predicate.parts]
        known = [group for group in each if group is not None]
        return [frozenset().union(*known)] if len(known) == len(each) else []
    return [] if isinstance(predicate, Not) else [*predicate.groups()]
