"""The prefilter of a rule: what an event must have for the rule to be evaluated on it."""

from dataclasses import dataclass
from functools import lru_cache

from services.matcher.domain.detection.predicates import (
    Atom,
    GroupSelectivity,
    Predicate,
    required_groups,
)

FieldValues = tuple[str, frozenset[str]]
"""A field, and values of it without case."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """Every event that matches the rule has one of `atoms`, and the literal `beside` unless empty.

    Without atoms nothing is known, and the rule is evaluated on every event.
    """

    atoms: frozenset[Atom]
    beside: str = ""


def make_prefilter(predicate: Predicate, selectivity: GroupSelectivity) -> Prefilter:
    """The required group of atoms that fewest events have, and the next best literal."""
    groups = sorted(required_groups(predicate, selectivity), key=selectivity)
    if not groups:
        return Prefilter(frozenset())
    first, *others = groups
    literals = (_only_literal(group) for group in others if group != first)
    return Prefilter(first, next(filter(None, literals), ""))


def _only_literal(group: frozenset[Atom]) -> str:
    """The literal of a group of one; empty for any other group."""
    ((field, value), *others) = group
    return "" if field or others else value


@lru_cache(maxsize=1024)
def field_values(group: frozenset[Atom]) -> FieldValues | None:
    """The group as values of one field; None for literals and for several fields."""
    (field, *others) = {field for field, _ in group}
    return None if others or not field else (field, frozenset(value for _, value in group))
