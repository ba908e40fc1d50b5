"""The prefilter of a rule: what an event must have for the rule to be evaluated on it."""

from dataclasses import dataclass
from functools import lru_cache, partial

from services.matcher.domain.detection.predicates import (
    Atom,
    GroupSelectivity,
    Predicate,
    RequiredNaming,
    namings_frequency,
    required_groups,
    required_namings,
    required_pairs,
)
from services.matcher.domain.text.literal_order import LiteralPair
from services.matcher.domain.words.word_list import KEY_MARK

FieldValues = tuple[str, frozenset[str]]
"""A field, and values of it without case."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """Every event that matches the rule has one of `atoms`, and the literal `beside` unless empty.

    With a `pair` these two are literals, and one follows the other. With `namings` it has one of
    these; there are no atoms then. Without either nothing is known, and the rule is evaluated on
    every event.
    """

    atoms: frozenset[Atom]
    beside: str = ""
    namings: tuple[RequiredNaming, ...] = ()
    pair: LiteralPair | None = None


def make_prefilter(predicate: Predicate, selectivity: GroupSelectivity) -> Prefilter:
    """What fewest events have: a required group of atoms, or names beside words of lists.

    Beside it the next best literal.
    """
    frequency = partial(namings_frequency, selectivity=selectivity)
    namings = min(required_namings(predicate, selectivity), key=frequency, default=())
    groups = sorted(required_groups(predicate, selectivity), key=selectivity)
    if namings and frequency(namings) <= selectivity(groups[0]):
        return Prefilter(frozenset(), next(filter(None, map(_only_literal, groups)), ""), namings)
    if not groups:
        return Prefilter(frozenset())
    first, *others = groups
    literals = (_only_literal(group) for group in others if group != first)
    beside = next(filter(None, literals), "")
    return Prefilter(first, beside, pair=_find_pair(predicate, first, beside) if beside else None)


def _find_pair(predicate: Predicate, first: frozenset[Atom], beside: str) -> LiteralPair | None:
    """How two literals follow each other, if both are of one phrase."""
    literals = {_only_literal(first), beside}
    pairs = (pair for pair in required_pairs(predicate) if {pair.first, pair.second} == literals)
    return next(pairs, None)


def _only_literal(group: frozenset[Atom]) -> str:
    """The literal of a group of one; empty for any other group, and for a word list."""
    ((field, value), *others) = group
    return "" if field or others or value.startswith(KEY_MARK) else value


@lru_cache(maxsize=1024)
def field_values(group: frozenset[Atom]) -> FieldValues | None:
    """The group as values of one field; None for literals and for several fields."""
    (field, *others) = {field for field, _ in group}
    return None if others or not field else (field, frozenset(value for _, value in group))
