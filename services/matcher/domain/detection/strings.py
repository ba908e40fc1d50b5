"""Sigma's strings and expressions as functions that find them in a value."""

import re
from functools import lru_cache
from typing import Any

import re2
from sigma.types import (
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SpecialChars,
)

from services.matcher.domain.detection.text_tests import Find

_MULTI = SpecialChars.WILDCARD_MULTI
_SINGLE = SpecialChars.WILDCARD_SINGLE
_LARGEST_PROGRAM = 1 << 20
_START, _END = r"\A", r"\z"
_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}


class InvalidRegex(ValueError):
    """RE2 does not accept the expression; the message says why."""


@lru_cache(maxsize=4096)
def compiled_regex(pattern: str) -> Any:
    """The expression, by RE2: linear in the text, and bounded in memory.

    Raises:
        InvalidRegex: RE2 does not accept it.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _LARGEST_PROGRAM
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        message = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise InvalidRegex(message) from None


def find_regex(expression: SigmaRegularExpression) -> Find:
    """Finds the expression anywhere in a value."""
    flags = "".join(sorted(_FLAGS[flag] for flag in expression.flags))
    pattern = str(expression.regexp)
    return _search(f"(?{flags}){pattern}" if flags else pattern)


def _search(pattern: str) -> Find:
    compiled = compiled_regex(pattern)

    def find(text: str) -> tuple[int, int] | None:
        match = compiled.search(text)
        return match.span() if match else None

    return find


def find_string(string: SigmaString, *, cased: bool, anywhere: bool = False) -> Find:
    """Finds a string with wildcards: as the whole value, or `anywhere` in it."""
    parts = [_part(part, cased=cased) for part in string.s]
    before, after = anywhere or parts[:1] == [_MULTI], anywhere or parts[-1:] == [_MULTI]
    while parts and parts[0] is _MULTI:
        parts.pop(0)
    while parts and parts[-1] is _MULTI:
        parts.pop()
    if all(isinstance(part, str) for part in parts):
        return _plain("".join(map(str, parts)), before=before, after=after)
    body = "".join(map(_as_regex, parts))
    return _search("(?s)" + ("" if before else _START) + body + ("" if after else _END))


def _part(part: object, *, cased: bool) -> object:
    return part.casefold() if isinstance(part, str) and not cased else part


def _as_regex(part: object) -> str:
    if part is _MULTI:
        return ".*"
    return "." if part is _SINGLE else re.escape(str(part))


def _plain(needle: str, *, before: bool, after: bool) -> Find:
    """Finds `needle`; with `before` and `after` other text is allowed there."""
    length = len(needle)

    def contains(text: str) -> tuple[int, int] | None:
        start = text.find(needle)
        return (start, start + length) if start >= 0 else None

    def starts(text: str) -> tuple[int, int] | None:
        return (0, length) if text.startswith(needle) else None

    def ends(text: str) -> tuple[int, int] | None:
        return (len(text) - length, len(text)) if text.endswith(needle) else None

    def equals(text: str) -> tuple[int, int] | None:
        return (0, length) if text == needle else None

    if before:
        return contains if after else ends
    return starts if after else equals
