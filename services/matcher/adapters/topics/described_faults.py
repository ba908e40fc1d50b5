"""Faults of a model in one line."""

from collections.abc import Collection

from pydantic import ValidationError

from services.validation_errors import describe_with_hint

MOST_FAULTS = 5
LONGEST_REASON = 1000


def describe_faults(error: ValidationError, keys: Collection[str] = ()) -> str:
    """What is wrong, by field, in one line that fits a header.

    An unknown field is compared with `keys`.
    """
    faults = error.errors(include_url=False, include_input=False)
    lines = [
        _fault(fault["loc"], describe_with_hint(fault, keys)) for fault in faults[:MOST_FAULTS]
    ]
    more = [f"{len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    return "; ".join([*lines, *more])[:LONGEST_REASON]


def _fault(location: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, location))
    return f"{field}: {message}" if field else message
