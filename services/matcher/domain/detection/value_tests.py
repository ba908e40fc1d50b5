"""Tests of numbers, times, truth and addresses, and of whether a field is there."""

import operator
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import ClassVar

from services.matcher.domain.detection.fields import Value, as_text
from services.matcher.domain.detection.predicates import ANY_VALUE, Atom, FieldTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.text.fold import CharSpan

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)

Part = Callable[[datetime], float]

PARTS: dict[str, Part] = {
    "minute": operator.attrgetter("minute"),
    "hour": operator.attrgetter("hour"),
    "day": operator.attrgetter("day"),
    "week": lambda time: time.isocalendar().week,
    "month": operator.attrgetter("month"),
    "year": operator.attrgetter("year"),
}
PART_BOUNDS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day": (1, 31),
    "week": (1, 53),
    "month": (1, 12),
    "year": (1, 9999),
}


class _ValueTest(FieldTest):
    """Tests the values one by one."""

    __slots__ = ()

    @abstractmethod
    def accepts(self, value: Value) -> bool:
        """Whether this value passes."""

    def holds(self, view: EventView) -> bool:
        """Whether a value of the field passes."""
        return any(map(self.accepts, view.values(self.field)))

    def members(self, view: EventView) -> Iterable[str]:
        """The values that pass."""
        return (as_text(value) for value in view.values(self.field) if self.accepts(value))


@dataclass(frozen=True, slots=True)
class NumberTest(_ValueTest):
    """A number, a number in an attribute, or a part of a time, compared."""

    field: str
    compare: Callable[[float, float], bool]
    number: float
    part: str | None = None

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """Any value of the field."""
        return [frozenset({(self.field, ANY_VALUE)})]

    def accepts(self, value: Value) -> bool:
        """Whether the comparison holds; what is no number never compares."""
        number = _number(value, self.part)
        return number is not None and self.compare(number, self.number)


def _number(value: Value, part: str | None) -> float | None:
    if isinstance(value, datetime):
        return PARTS[part](value) if part else None
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value.strip()) else None
    return None if isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class TruthTest(_ValueTest):
    """True or false."""

    field: str
    truth: bool

    def accepts(self, value: Value) -> bool:
        """Whether the value says so, as itself or as text."""
        return as_text(value).casefold() == as_text(self.truth)


@dataclass(frozen=True, slots=True)
class NetworkTest(_ValueTest):
    """An address within a network."""

    field: str
    network: IPv4Network | IPv6Network

    def accepts(self, value: Value) -> bool:
        """Whether it is an address of it; other text is none."""
        try:
            return ip_address(as_text(value)) in self.network
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class PresenceTest(FieldTest):
    """The field is there, or is not."""

    field: str
    present: bool
    selects: ClassVar[bool] = False

    def holds(self, view: EventView) -> bool:
        """Whether the field is there, or is not."""
        return bool(view.values(self.field)) == self.present

    def members(self, view: EventView) -> Iterable[str]:
        """All values."""
        return map(as_text, view.values(self.field))


@dataclass(frozen=True, slots=True)
class NamesTest(PresenceTest):
    """The words name an organisation that is in no list, or do not."""

    cost: ClassVar[int] = 40

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """The spans of such names."""
        return [name.span for name in view.unknown_names()] if self.present else ()
