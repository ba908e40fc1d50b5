"""Values of JSON and of cells in tables, where a number may be written as a text and back."""

import math
from typing import Any

from services.ingest.domain.values.texts import clean_line, clean_text

_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
LONGEST_NUMBER = 40
LONGEST_DESCRIPTION = 200


def is_empty(value: Any) -> bool:
    """Whether it is nothing: null, an empty text, list or map."""
    return value is None or (isinstance(value, str | list | dict | tuple) and not value)


def read_line(value: Any) -> str:
    """A text on one line.

    Raises:
        ValueError: it is a list or a map.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _show_number(value)
    if not isinstance(value, str):
        raise ValueError("must be a text, not a list or a map")  # noqa: TRY004  (one kind of error)
    return clean_line(value)


def read_lines(value: Any) -> list[str]:
    """Texts, of a list or of one text in which `;` stands between them.

    Raises:
        ValueError: there is a list or a map in it.
    """
    parts = value if isinstance(value, list | tuple) else str(read_line(value)).split(";")
    lines = (read_line(part) for part in parts if not is_empty(part))
    return list(dict.fromkeys(filter(None, lines)))


def read_strings(value: Any) -> str | list[str]:
    """The value of an attribute: a text, or a list of texts.

    Raises:
        ValueError: there is a map in it.
    """
    if isinstance(value, list | tuple):
        return [read_line(part) for part in value if not is_empty(part)]
    return clean_text(value) if isinstance(value, str) else read_line(value)


def read_number(value: Any) -> float:
    """A finite number, also where it is written as a text such as `1,234.5`.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER:
        value = _parse_number(value.replace(",", "").strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004  (one kind of error)
    number = _shrink(value)
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def read_flag(value: Any) -> bool:
    """Yes or no.

    Raises:
        ValueError: it is neither.
    """
    written = read_line(value).lower()
    if written not in _TRUE | _FALSE:
        raise ValueError("must be true or false")
    return written in _TRUE


def describe(value: Any) -> str:
    """What was written, as far as it is one line: at most 200 characters."""
    try:
        return read_line(value)[:LONGEST_DESCRIPTION]
    except ValueError:
        return {list: "a list", dict: "a map", int: "a large number"}.get(type(value), "a value")


def _parse_number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise ValueError("must be a number") from None


def _shrink(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        return math.inf
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _show_number(value: float) -> str:
    # str() refuses, and takes quadratic time for, integers of thousands of digits
    if isinstance(value, int) and value.bit_length() > 256:  # noqa: PLR2004  (77 digits)
        raise ValueError("is too large a number")
    return str(value)
