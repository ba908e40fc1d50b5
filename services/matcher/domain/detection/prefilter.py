"""Access: what a rule cannot match without, so that it is asked only where that is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from services.matcher.domain.detection.fields import WORKED_OUT
from services.matcher.domain.detection.predicates import (
    AllOf,
    AnyOf,
    Atom,
    Not,
    Predicate,
    Rarity,
    Share,
    required,
)
from services.matcher.domain.text.proximity import Pair

Values = tuple[str, frozenset[str]]
"""A field, and values without case of which an event may have one there."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """How a rule is come by.

    Every event that meets it has one of `atoms`, of which none may be known; the literal `beside`,
    if that is not empty; the `pair`, if there is one: these two as words near each other; and one
    of the values of `field`, if that is given.
    """

    atoms: frozenset[Atom]
    beside: str = ""
    pair: Pair | None = None
    field: Values | None = None


def shares(rarity: Rarity) -> Share:
    """The share of events that have an atom of a group; each group is worked out once."""
    return cache(lambda group: sum(map(rarity, group)))


def prefilter_of(predicate: Predicate, share: Share) -> Prefilter:
    """The group of atoms that fewest events have, and the rarest literal that stands beside it."""
    groups = sorted(required(predicate, share), key=share)
    if not groups:
        return Prefilter(frozenset())
    others = (_literal(group) for group in groups[1:] if group != groups[0])
    beside = next((literal for literal in others if literal), "")
    known = {_literal(groups[0]), beside}
    pairs = (pair for pair in _pairs(predicate) if {pair.first, pair.second} == known)
    values = (values_of(group) for group in groups[1:])
    return Prefilter(
        groups[0],
        beside,
        next(pairs, None),
        # what takes long to work out is better not asked before the rest
        next((one for one in values if one and one[0] not in WORKED_OUT), None),
    )


def _literal(group: frozenset[Atom]) -> str:
    """The one literal that the group stands for, or nothing."""
    ((field, literal), *others) = group
    return "" if field or others else literal


@lru_cache(maxsize=1024)
def values_of(group: frozenset[Atom]) -> Values | None:
    """The values of one field that the group stands for, if it does."""
    fields = {field for field, _ in group}
    (field, *others) = fields
    return None if others or not field else (field, frozenset(value for _, value in group))


def _pairs(predicate: Predicate) -> Iterable[Pair]:
    """Those that every event has that meets the predicate."""
    if isinstance(predicate, AllOf):
        return [pair for part in predicate.parts for pair in _pairs(part)]
    return () if isinstance(predicate, (AnyOf, Not)) else predicate.pairs()
