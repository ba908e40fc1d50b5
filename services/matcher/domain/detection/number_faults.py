"""Numbers that no event has in a field, or in a part of a time."""

from collections.abc import Mapping

from sigma.types import CompareOperators

from services.matcher.domain.detection.field_reference import FieldReference

Bounds = Mapping[str, tuple[int, int]]
"""The least and the greatest number, by field or part."""
_WHOLE = frozenset({"hour", "credibility"})


def refuse_number(reference: FieldReference, name: str, bounds: Bounds, number: float) -> None:
    """Refuse a number outside the bounds of `name`, or a fraction where it is whole.

    Raises:
        InvalidField: at the place of the reference.
    """
    low, high = bounds.get(name, (number, number))
    if not low <= number <= high:
        raise reference.invalid(f"{name} {number} is outside {low} to {high}")
    if name in _WHOLE and number != int(number):
        raise reference.invalid(f"{name} is a whole number, not {number}")


def refuse_nothing(
    reference: FieldReference,
    name: str,
    bounds: Bounds,
    operator: CompareOperators,
    number: float,
) -> None:
    """Refuse to ask for more than the greatest number there is, or for less than the least.

    Raises:
        InvalidField: at the place of the reference.
    """
    low, high = bounds.get(name, (None, None))
    if operator is CompareOperators.GT and number == high:
        raise reference.invalid(f"{name} is never more than {high}", f"gte: {high}")
    if operator is CompareOperators.LT and number == low:
        raise reference.invalid(f"{name} is never less than {low}", f"lte: {low}")
