"""Matchers of labels, written and evaluated as Alertmanager's."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import re2

Labels = Mapping[str, tuple[str, ...]]
"""The values of each label; one without a value, or absent, is empty."""

_MATCHER = re.compile(
    r"""\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*
    ("(?:[^"\\]|\\.)*"\s*|(?:[^",\\]|\\[^,])*)(?:,|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPED = re.compile(r'\\(["\\n])')
_LONGEST_EXPRESSION = 1000
_SAMPLE = """write level="high", level!="low", rule=~"a|b" or rule!~"a.*\""""


class Operator(StrEnum):
    """How the value of a label is compared; expressions match the whole value."""

    EQUAL = "="
    UNEQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"


_NEGATED = frozenset({Operator.UNEQUAL, Operator.MATCHES_NOT})


@dataclass(frozen=True, slots=True)
class LabelMatcher:
    """A condition on one label; `expression` is the compiled value of `=~` and `!~`.

    Of a label with several values one must fit; under a negation none may.
    """

    name: str
    operator: Operator
    value: str
    expression: Any = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.operator}"{escaped}"'

    def holds(self, labels: Labels) -> bool:
        """Whether the labels meet the condition."""
        values = labels.get(self.name) or ("",)
        return any(map(self._fits, values)) is not (self.operator in _NEGATED)

    def _fits(self, value: str) -> bool:
        if self.expression is None:
            return value == self.value
        return self.expression.fullmatch(value) is not None


def parse_matchers(written: str) -> tuple[LabelMatcher, ...]:
    """The matchers of a line such as `level=~"high|critical", pack!="core"`.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    stripped = written.strip()
    if stripped.startswith("{") and stripped.endswith("}"):
        stripped = stripped[1:-1]
    return tuple(_read_all(stripped))


def _read_all(text: str) -> Iterator[LabelMatcher]:
    position = 0
    while position < len(text):
        read = _MATCHER.match(text, position)
        if read is None:
            raise ValueError(f"{text[position:].strip()!r} is no matcher: {_SAMPLE}")
        name, operator, value = read.groups()
        yield make_matcher(name, Operator(operator), _unescape(value.strip()))
        position = read.end()


def make_matcher(name: str, operator: Operator, value: str) -> LabelMatcher:
    """A matcher of a plain value.

    Raises:
        ValueError: the value is no regular expression, and the operator asks for one.
    """
    is_expression = operator in (Operator.MATCHES, Operator.MATCHES_NOT)
    return LabelMatcher(name, operator, value, _compile(value) if is_expression else None)


def _unescape(value: str) -> str:
    plain = value[1:-1] if value.startswith('"') else value
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], plain)


def _compile(expression: str) -> Any:
    if len(expression) > _LONGEST_EXPRESSION:
        raise ValueError(f"an expression has at most {_LONGEST_EXPRESSION} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        [*_, text] = error.args
        message = text.decode() if isinstance(text, bytes) else str(text)
        raise ValueError(f"{expression!r} is no regular expression of RE2: {message}") from None
