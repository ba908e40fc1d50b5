"""The test `means`: a sentence means what a head was trained to find, whatever its words are."""

import hashlib
import json
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from services.document_faults import InvalidField
from services.matcher.domain.detection.predicates import (
    NEVER,
    AllOf,
    AnyOf,
    FieldTest,
    Not,
    Predicate,
    field_tests,
)
from services.matcher.domain.detection.view import EventView, scanned_fields

_CONDITION = ("detection", "condition")
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a head is trained to find: the label of that name, or texts of the rule's own."""

    label: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What its head is called in its pack."""
        if self.label:
            return self.label
        raw = json.dumps([self.like, self.unlike], ensure_ascii=False).encode()
        return f"like-{hashlib.sha256(raw).hexdigest()[:_DIGITS]}"


@dataclass(frozen=True, eq=False)
class MeansTest(FieldTest):
    """A sentence of the field means it: `view.meant` has the tests that hold.

    `asserted`: what words deny, suppose, or say of another doer vetoes it.
    """

    field: str
    meaning: Meaning
    asserted: bool = True
    cost: ClassVar[int] = 50

    def holds(self, view: EventView) -> bool:
        """Whether the reader found it; nothing is read here, so in streams it is false."""
        return self in view.meant

    def members(self, view: EventView) -> Iterable[str]:  # noqa: ARG002  (it selects no value)
        """None: a meaning has no words."""
        return ()

    def scanned_fields(self) -> Iterable[str]:
        """The field, or the fields that it is made of."""
        return scanned_fields(self.field)


class _EveryTest(Container[object]):
    def __contains__(self, _test: object) -> bool:
        return True


EVERY_MEANING: Container[object] = _EveryTest()
"""As `meant` of a view: whatever `means` asks is taken to hold."""


def means_tests(predicate: Predicate) -> list[MeansTest]:
    """The tests of meanings in a predicate."""
    return [test for test in field_tests(predicate) if isinstance(test, MeansTest)]


def without_means(predicate: Predicate) -> Predicate:
    """The predicate with every meaning taken as false; NEVER if nothing else can hold."""
    if isinstance(predicate, MeansTest):
        return NEVER
    if isinstance(predicate, AllOf):
        parts = tuple(map(without_means, predicate.parts))
        return NEVER if NEVER in parts else replace(predicate, parts=parts)
    if isinstance(predicate, AnyOf):
        kept = tuple(part for part in map(without_means, predicate.parts) if part != NEVER)
        return kept[0] if len(kept) == 1 else AnyOf(kept)
    return predicate


def check_means(predicate: Predicate) -> None:
    """Refuse a meaning that decides alone, or that must not hold.

    Raises:
        InvalidField: at the condition.
    """
    if _is_negated(predicate):
        raise InvalidField(
            _CONDITION,
            "means cannot stand under not: what is only suspected silences nothing",
            "put the examples of what must be silent under unlike, or into the labelled files",
        )
    if _is_open(predicate):
        raise InvalidField(
            _CONDITION,
            "means stands alone: every report would be read by the model",
            "ask for a word, a list or a field beside it: like and groups",
        )


def _is_negated(predicate: Predicate) -> bool:
    if isinstance(predicate, (AllOf, AnyOf)):
        return any(map(_is_negated, predicate.parts))
    return isinstance(predicate, Not) and bool(means_tests(predicate))


def _is_open(predicate: Predicate) -> bool:
    """Whether a meaning in it can decide with nothing beside it but what is not there."""
    if isinstance(predicate, AnyOf):
        return any(map(_is_open, predicate.parts))
    if isinstance(predicate, AllOf):
        return bool(means_tests(predicate)) and all(
            isinstance(part, Not) or _is_open(part) for part in predicate.parts
        )
    return isinstance(predicate, MeansTest)
