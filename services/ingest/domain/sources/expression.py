"""JMESPath with bounds: what one expression costs is linear in the item that it reads."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult
from pydantic import PlainValidator

LONGEST_EXPRESSION = 1000
DEEPEST_BRACKETS = 20
DEEPEST_TREE = 60
MOST_COPIES = 256
"""How many times an expression may repeat its item: `[@, @] | [@, @] | …` doubles with each."""

LONGEST_JOINED = 1024 * 1024
LONGEST_REASON = 200

_MULTIPLE = frozenset({"multi_select_list", "multi_select_dict", "function_expression"})
_OPENING, _CLOSING = "([{", ")]}"


class BoundedFunctions(Functions):  # type: ignore[misc]
    """The functions of JMESPath, none of which makes more of an item than it holds."""

    @signature({"types": ["string"]}, {"types": ["array-string"]})  # type: ignore[untyped-decorator]
    def _func_join(self, separator: str, parts: Sequence[str]) -> str:
        if len(separator) * len(parts) > LONGEST_JOINED:
            raise ValueError("join() would make too long a text of it")
        return separator.join(parts)


_FUNCTIONS = BoundedFunctions()
KNOWN_FUNCTIONS = frozenset(_FUNCTIONS.FUNCTION_TABLE)
_OPTIONS = jmespath.Options(custom_functions=_FUNCTIONS)


class NoValue(Exception):
    """The expression cannot be evaluated on this item; the message says why."""


@dataclass(frozen=True, slots=True)
class JmesExpression:
    """An expression as written, and compiled."""

    written: str
    compiled: ParsedResult

    def __str__(self) -> str:
        return self.written

    def evaluate(self, item: Any) -> Any:
        """What it selects of `item`; None where there is nothing.

        Raises:
            NoValue: a function got a value of another type, or the item is nested too deeply.
        """
        try:
            return self.compiled.search(item, _OPTIONS)
        except RecursionError:
            raise NoValue("the item is nested too deeply") from None
        except (JMESPathError, ArithmeticError, AttributeError, TypeError, ValueError) as error:
            reason = " ".join(str(error)[:LONGEST_REASON].split())
            raise NoValue(reason) from None


def parse_expression(written: Any) -> JmesExpression:
    """The expression.

    Raises:
        ValueError: it is none, or may cost too much.
    """
    if not isinstance(written, str):
        raise ValueError("must be a JMESPath expression: a text")  # noqa: TRY004  (pydantic's way)
    if len(written) > LONGEST_EXPRESSION:
        raise ValueError(f"longer than {LONGEST_EXPRESSION} characters")
    if _count_levels(written) > DEEPEST_BRACKETS:
        raise ValueError(f"more than {DEEPEST_BRACKETS} brackets inside one another")
    return JmesExpression(written, _compile(written))


def _compile(written: str) -> ParsedResult:
    try:
        compiled = _parse(written)
        deepest = _find_depth(compiled.parsed)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except JMESPathError as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"is no JMESPath: {' '.join(reason.split())}") from None
    except PendingDeprecationWarning:
        raise ValueError("what stands between ` is no JSON: write a text as 'text'") from None
    if unknown := sorted(set(_list_functions(compiled.parsed)) - KNOWN_FUNCTIONS):
        raise ValueError(f"JMESPath has no function {unknown[0]}()")
    if deepest > DEEPEST_TREE:
        raise ValueError("nested too deeply")
    if _count_copies(compiled.parsed) > MOST_COPIES:
        raise ValueError(f"may repeat its item more than {MOST_COPIES} times: write it shorter")
    return compiled


def _parse(written: str) -> ParsedResult:
    with warnings.catch_warnings():
        warnings.simplefilter("error", PendingDeprecationWarning)
        return jmespath.compile(written)


def _count_levels(written: str) -> int:
    deepest = depth = 0
    for character in written:
        depth += (character in _OPENING) - (character in _CLOSING)
        deepest = max(deepest, depth)
    return deepest


def _find_depth(node: dict[str, Any]) -> int:
    return 1 + max(map(_find_depth, _children(node)), default=0)


def _list_functions(node: dict[str, Any]) -> Iterator[str]:
    own = [node["value"]] if node["type"] == "function_expression" else []
    return chain(own, *map(_list_functions, _children(node)))


def _count_copies(node: dict[str, Any]) -> int:
    """An upper bound of how many copies of an item the value of `node` may hold."""
    below = [_count_copies(child) for child in _children(node)]
    if node["type"] in _MULTIPLE:
        return max(1, sum(below))
    return prod(below)


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [child for child in node.get("children", ()) if isinstance(child, dict)]


Expression = Annotated[JmesExpression, PlainValidator(parse_expression)]
