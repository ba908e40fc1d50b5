"""Sigma's strings and expressions as functions that find them in a value."""

import re
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
LONGEST_EXPRESSION = 4_000
MOST_EXPRESSIONS = 2_000
LARGEST_PROGRAMS = 500_000
"""How many instructions the programs of all expressions may have."""

_MOST_MEMORY = 1 << 18
_WAY_OUT = "write phrases instead, or leave rules out"
_START, _END = r"\A", r"\z"
_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}


class InvalidRegex(ValueError):
    """The expression cannot be used; the message says why, and what to write instead."""


class Expressions:
    """The expressions of rules that are compiled together, within bounds for each and for all."""

    def __init__(self) -> None:
        self._compiled: dict[str, Any] = {}
        self._size = 0

    def compile(self, pattern: str) -> Any:
        """The expression, by RE2: linear in the text, and bounded in memory.

        Raises:
            InvalidRegex: RE2 does not accept it, it is too large, or there are too many.
        """
        if pattern not in self._compiled:
            self._refuse_size(pattern)
            self._compiled[pattern] = _compile(pattern)
            self._size += self._compiled[pattern].programsize
        return self._compiled[pattern]

    def _refuse_size(self, pattern: str) -> None:
        if len(pattern) > LONGEST_EXPRESSION:
            raise InvalidRegex(f"longer than {LONGEST_EXPRESSION} characters: write several")
        if len(self._compiled) >= MOST_EXPRESSIONS:
            raise InvalidRegex(f"more than {MOST_EXPRESSIONS} expressions: {_WAY_OUT}")
        if self._size > LARGEST_PROGRAMS:
            raise InvalidRegex(f"the expressions before it are too large in all: {_WAY_OUT}")


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        message = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        hint = ": repeat less, e.g. \\w+ for \\w{1,40}" if "too large" in message else ""
        raise InvalidRegex(message + hint) from None


def find_regex(expression: SigmaRegularExpression, expressions: Expressions) -> Find:
    """Finds the expression anywhere in a value.

    Raises:
        InvalidRegex: it cannot be used.
    """
    flags = "".join(sorted(_FLAGS[flag] for flag in expression.flags))
    pattern = str(expression.regexp)
    return _search(expressions.compile(f"(?{flags}){pattern}" if flags else pattern))


def _search(compiled: Any) -> Find:
    def find(text: str) -> tuple[int, int] | None:
        match = compiled.search(text)
        return match.span() if match else None

    return find


def find_string(
    string: SigmaString, expressions: Expressions, *, cased: bool, anywhere: bool = False
) -> Find:
    """Finds a string with wildcards: as the whole value, or `anywhere` in it.

    Raises:
        InvalidRegex: there are too many wildcards.
    """
    parts = [_part(part, cased=cased) for part in string.s]
    before, after = anywhere or parts[:1] == [_MULTI], anywhere or parts[-1:] == [_MULTI]
    while parts and parts[0] is _MULTI:
        parts.pop(0)
    while parts and parts[-1] is _MULTI:
        parts.pop()
    if all(isinstance(part, str) for part in parts):
        return _plain("".join(map(str, parts)), before=before, after=after)
    body = "".join(map(_as_regex, parts))
    pattern = "(?s)" + ("" if before else _START) + body + ("" if after else _END)
    return _search(expressions.compile(pattern))


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
