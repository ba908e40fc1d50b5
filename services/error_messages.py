"""The errors of pydantic in plain words, for whoever wrote what is at fault."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "there is no such key",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "model_type": "must be a map of keys and values",
    "dict_type": "must be a map of keys and values",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "must have {min_length} items at least",
    "too_long": "must have {max_length} items at most",
    "string_too_short": "must have {min_length} characters at least",
    "string_too_long": "must have {max_length} characters at most",
    "string_pattern_mismatch": "must match {pattern}",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}
_EMPTY = frozenset({"too_short", "string_too_short"})
_PATTERNS = {
    r"^[a-z0-9][a-z0-9_\-]*$": "must be of a-z, 0-9, _ and -, and begin with a letter or a digit",
    "^[A-Z]{2}$": "must be a country's two letters, such as IQ",
    "^[0-9a-fA-F]{64}$": "must be a SHA-256, in 64 hexadecimal digits",
    "^SOURCE_[A-Z0-9_]{1,100}$": "must begin with SOURCE_ and be of A-Z, 0-9 and _",
    r"^[^\s:,]+:\d{1,5}(,[^\s:,]+:\d{1,5})*$": "must be HOST:PORT, several with commas",
    "^[a-z]{2,3}$": "must be the code of a language, such as ar",
    r"^[^\W\d_][^\s*\-]*\*?$": "must be one word without hyphens; * may end it",
    "^[0-9]{2}$": "must be two digits",
    '^[^\\r\\n\\"]$': "must be one character",
    "^[^/]*$": "must not have a /",
    "^[A-Za-z0-9-]{1,64}$": "must be of letters, digits and -",
    "^[A-Za-z0-9._-]{1,249}$": "must be of letters, digits, . _ and -",
    "^https?://": "must begin with http:// or https://",
}


def describe_error(detail: ErrorDetails) -> str:
    """What is wrong with a field, without its name and its value."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _EMPTY and context.get("min_length") == 1:
        return "must not be empty"
    return _pattern(context) or _fill(kind, context) or detail["msg"].removeprefix("Value error, ")


def _pattern(context: Mapping[str, Any]) -> str:
    return _PATTERNS.get(str(context.get("pattern")), "")


def _fill(kind: str, context: Mapping[str, Any]) -> str:
    """The message of a kind of error; empty for one that pydantic names better."""
    values = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in context.items()
    }
    return _MESSAGES.get(kind, "").format_map(values)
