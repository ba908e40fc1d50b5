"""JSON as the standard has it: no key twice, no NaN, no bottomless nesting."""

import json
from collections import Counter
from typing import Any, NoReturn

LONGEST_QUOTE = 80


class InvalidJson(ValueError):
    """The bytes are no JSON; the message says where, as far as that is known."""


def parse(raw: bytes) -> Any:
    """The value that `raw` (UTF-8) spells.

    Raises:
        InvalidJson: it spells none; with line and column, counted from 1.
    """
    try:
        return json.loads(_text(raw), object_pairs_hook=_object, parse_constant=_no_constant)
    except InvalidJson:
        raise
    except json.JSONDecodeError as error:
        raise InvalidJson(f"line {error.lineno} column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise InvalidJson("nested too deeply") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise InvalidJson(str(error).partition(";")[0]) from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise InvalidJson(f"line {line} column {column}: not UTF-8") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise InvalidJson(f"the key {twice[:LONGEST_QUOTE]!r} stands twice in one object")
    return made


def _no_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not JSON")
