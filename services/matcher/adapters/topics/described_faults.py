"""Faults of a model in one line."""

from pydantic import ValidationError

MOST_FAULTS = 5
LONGEST_REASON = 1000


def describe_faults(error: ValidationError) -> str:
    """What is wrong, by field, in one line that fits a header."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [_fault(fault["loc"], fault["msg"]) for fault in faults[:MOST_FAULTS]]
    more = [f"{len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    return "; ".join([*lines, *more])[:LONGEST_REASON]


def _fault(location: tuple[int | str, ...], message: str) -> str:
    field, text = ".".join(map(str, location)), message.removeprefix("Value error, ")
    return f"{field}: {text}" if field else text
