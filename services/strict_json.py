"""JSON as the standard has it: no repeated key, no NaN, bounded nesting."""

import json
import sys
from collections import Counter
from typing import Any, NoReturn

LONGEST_QUOTE = 80
MOST_DIGITS = sys.int_info.default_max_str_digits


class InvalidJson(ValueError):
    """The bytes are not JSON; the message says where, as far as that is known."""


def parse(raw: bytes) -> Any:
    """The value of `raw`, JSON in UTF-8.

    Raises:
        InvalidJson: it is not JSON; with line and column, counted from 1.
    """
    try:
        return _DECODER.decode(_decode(raw))
    except InvalidJson:
        raise
    except json.JSONDecodeError as error:
        raise InvalidJson(f"line {error.lineno} column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise InvalidJson("nested too deeply") from None
    except ValueError:  # the only other one that Python's reader raises
        raise InvalidJson(f"a number has over {MOST_DIGITS} digits") from None


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise InvalidJson(f"line {line} column {column}: not UTF-8") from None


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        [(repeated, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise InvalidJson(f"the key {repeated[:LONGEST_QUOTE]!r} is repeated in one object")
    return value


def _reject_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not JSON")


# one for all: to build it takes longer than to read a report
_DECODER = json.JSONDecoder(object_pairs_hook=_build_object, parse_constant=_reject_constant)
