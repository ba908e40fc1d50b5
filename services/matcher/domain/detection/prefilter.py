"""The prefilter of a rule: what an event must have for the rule to be evaluated on it."""

from collections.abc import Iterable
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
from services.matcher.domain.text.literal_order import AnyPair
from services.matcher.domain.words.word_list import KEY_MARK

FieldValues = tuple[str, frozenset[str]]
"""A field, and values of it without case."""
NO_LITERALS = frozenset[str]()
MOST_BESIDE = 16
"""Of more literals an event nearly always has one, and each costs room in the scan."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """Every event that matches the rule has one of `atoms`, and of `beside` unless that is empty.

    `beside` are literals. With `pairs` it has one of these, of a literal on either side.
    With `namings` it has one of these; there are no atoms then. Without either nothing is known,
    and the rule is evaluated on every event.
    """

    atoms: frozenset[Atom]
    beside: frozenset[str] = NO_LITERALS
    namings: tuple[RequiredNaming, ...] = ()
    pairs: AnyPair = ()


def make_prefilter(predicate: Predicate, selectivity: GroupSelectivity) -> Prefilter:
    """What fewest events have: a required group of atoms, or names beside words of lists.

    Beside it the literals of the next best group.
    """
    frequency = partial(namings_frequency, selectivity=selectivity)
    namings = min(required_namings(predicate, selectivity), key=frequency, default=())
    groups = sorted(required_groups(predicate, selectivity), key=selectivity)
    if namings and frequency(namings) <= selectivity(groups[0]):
        return Prefilter(frozenset(), _first_literals(groups), namings)
    if not groups:
        return Prefilter(frozenset())
    first, *others = groups
    beside = _first_literals(group for group in others if group != first)
    return Prefilter(first, beside, pairs=_find_pairs(predicate, first, beside) if beside else ())


def _find_pairs(predicate: Predicate, first: frozenset[Atom], beside: frozenset[str]) -> AnyPair:
    """How the literals of two groups follow each other, if both are of one phrase."""
    literals = _literals(first) | beside
    of_both = (pairs for pairs in required_pairs(predicate) if _paired(pairs) == literals)
    return next(of_both, ())


def _paired(pairs: AnyPair) -> frozenset[str]:
    return frozenset(literal for pair in pairs for literal in (pair.first, pair.second))


def _first_literals(groups: Iterable[frozenset[Atom]]) -> frozenset[str]:
    few = (group for group in groups if len(group) <= MOST_BESIDE)
    return next(filter(None, map(_literals, few)), NO_LITERALS)


def _literals(group: frozenset[Atom]) -> frozenset[str]:
    """The literals of a group that has nothing else, no word list either; else none."""
    if any(field or value.startswith(KEY_MARK) for field, value in group):
        return NO_LITERALS
    return frozenset(value for _, value in group)


@lru_cache(maxsize=1024)
def field_values(group: frozenset[Atom]) -> FieldValues | None:
    """The group as values of one field; None for literals and for several fields."""
    (field, *others) = {field for field, _ in group}
    return None if others or not field else (field, frozenset(value for _, value in group))
