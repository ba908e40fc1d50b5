"""Conditions: the bounds on a value, and the keys that hits are counted by."""

from collections.abc import Callable

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.state import Hit
from services.matcher.domain.windows.window_rule import TEMPORAL, WindowRule

_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "eq": lambda value, bound: value == bound,
    "neq": lambda value, bound: value != bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}
_WORDS = {
    "eq": "exactly",
    "neq": "other than",
    "gt": "more than",
    "gte": "at least",
    "lt": "fewer than",
    "lte": "at most",
}


def count_tokens(rule: WindowRule, hit: Hit) -> tuple[str, ...]:
    """What a hit adds to a count: a key, its values, or the name of its base rule.

    `event_count` counts distinct `count_by` keys, `value_count` distinct values over all hits,
    `temporal` and `temporal_ordered` distinct base rules.
    """
    if rule.type is CorrelationType.VALUE_COUNT:
        return hit.values
    if rule.type in TEMPORAL:
        return (hit.base,)
    return (count_key(rule.count_by, hit),)


def count_key(count_by: str, hit: Hit) -> str:
    """The key that counts once: a hit's story, identity or source.

    A source is known by its owner: all channels that one owner has are one.
    """
    if count_by == "story":
        return hit.story
    if count_by == "source":
        return str(hit.report.get("source_owner") or hit.report["source"])
    return hit.identity


def compile_condition(condition: Condition) -> Callable[[float], bool]:
    """A function that says whether all bounds hold for a value."""
    bounds = [(_BOUNDS[name], bound) for name, bound in find_bounds(condition).items()]
    return lambda value: all(holds(value, bound) for holds, bound in bounds)


def describe_bounds(condition: Condition) -> str:
    """The bounds in words: `at least 3 and fewer than 10`."""
    return " and ".join(
        f"{_WORDS[name]} {bound:g}" for name, bound in find_bounds(condition).items()
    )


def find_bounds(condition: Condition) -> dict[str, float]:
    """The bounds of a condition, by name."""
    bounds = ((name, getattr(condition, name)) for name in _BOUNDS)
    return {name: bound for name, bound in bounds if bound is not None}
