"""What a template may say: expressions and `if`, so its cost is linear in it and its values."""

from collections.abc import Callable, Iterator, Mapping
from functools import singledispatch, wraps
from types import MappingProxyType
from typing import Any

from jinja2 import nodes, pass_eval_context
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.tests import TESTS as JINJA_TESTS

LONGEST_TEMPLATE = 4_000
LONGEST_RESULT = 20_000
_LONGEST_ARGUMENT = 20

_PLAIN_FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "first", "float", "int", "join", "last"),
    *("length", "list", "lower", "max", "min", "replace", "reverse", "round", "sort", "string"),
    *("sum", "title", "trim", "truncate", "unique", "upper", "wordcount"),
)
_TESTS = (
    *("boolean", "defined", "divisibleby", "even", "false", "float", "in", "integer", "iterable"),
    *("lower", "mapping", "none", "number", "odd", "sequence", "string", "true", "undefined"),
    *("upper", "eq", "==", "equalto", "ne", "!=", "gt", ">", "greaterthan", "ge", ">=", "lt"),
    *("<", "lessthan", "le", "<="),
)
_NUMBERS: Mapping[str, range] = {"truncate": range(_LONGEST_ARGUMENT, 1_001), "round": range(10)}
"""The whole numbers that a filter takes; the others take none."""
_DEFAULTS = frozenset({"default", "d"})
_METHODS = frozenset({"split", "splitlines", "strip"})
_FREE = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.List),
    *(nodes.Tuple, nodes.Getitem, nodes.Slice, nodes.Compare, nodes.Operand, nodes.Keyword),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Div),
    *(nodes.FloorDiv, nodes.Concat, nodes.CondExpr, nodes.If),
)


class InvalidTemplate(ValueError):
    """A template says what none may say, at a line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.message = message


def _bound(function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, with a bound on the text that it makes."""

    @wraps(function)
    def apply(*values: Any, **named: Any) -> Any:
        result = function(*values, **named)
        if isinstance(result, str) and len(result) > LONGEST_RESULT:
            raise ValueError(f"longer than {LONGEST_RESULT} characters")
        return result

    return apply


def _join(context: Any, values: Any, *arguments: Any, **named: Any) -> Any:
    """Jinja's join, which would take a text apart letter by letter."""
    if isinstance(values, str):
        raise TypeError("join is for lists, and this is a text; text.splitlines() makes a list")
    return JINJA_FILTERS["join"](context, values, *arguments, **named)


FILTERS = MappingProxyType(
    {name: _bound(JINJA_FILTERS[name]) for name in _PLAIN_FILTERS}
    | {"join": _bound(pass_eval_context(_join))}
)
TESTS = MappingProxyType({name: JINJA_TESTS[name] for name in _TESTS})


def refuse_syntax(template: nodes.Template) -> None:
    """Check that nothing but expressions and `if` is in it, with filters of bounded results.

    Raises:
        InvalidTemplate: something else is; the message names it.
    """
    remaining: list[nodes.Node] = [template]
    while remaining:
        node = remaining.pop()
        for message in _refuse(node):
            raise InvalidTemplate(node.lineno or 1, message)
        remaining += node.iter_child_nodes()


@singledispatch
def _refuse(node: nodes.Node) -> Iterator[str]:
    """What is wrong with the node itself: nothing, or one message."""
    if not isinstance(node, _FREE):
        kind = "**" if isinstance(node, nodes.Pow) else type(node).__name__.lower()
        hint = ": write {{ values | join(', ') }}" if isinstance(node, nodes.For) else ""
        yield f"{kind} is not allowed{hint}"


@_refuse.register(nodes.Mul)
@_refuse.register(nodes.Mod)
def _(node: nodes.BinExpr) -> Iterator[str]:
    for side in (node.left, node.right):
        is_text = isinstance(side, nodes.Const) and isinstance(side.value, str)
        if is_text or isinstance(side, nodes.List | nodes.Tuple):
            yield f"{node.operator} is for numbers"


@_refuse.register
def _(node: nodes.Getattr) -> Iterator[str]:
    if node.attr.startswith("_"):
        yield "a name that begins with _ is not allowed"


@_refuse.register
def _(node: nodes.Call) -> Iterator[str]:
    called = node.node
    name = called.attr if isinstance(called, nodes.Getattr) else getattr(called, "name", "this")
    if not isinstance(called, nodes.Getattr) or name not in _METHODS:
        yield f"{name}() is not allowed"
    yield from _refuse_arguments(f"{name}()", node, range(0))


@_refuse.register
def _(node: nodes.Filter) -> Iterator[str]:
    if node.name not in FILTERS:
        yield f"the filter {node.name} is not allowed: there are {', '.join(sorted(FILTERS))}"
    if node.name not in _DEFAULTS:
        yield from _refuse_arguments(node.name, node, _NUMBERS.get(node.name, range(0)))


@_refuse.register
def _(node: nodes.Test) -> Iterator[str]:
    if node.name not in TESTS:
        yield f"the test {node.name} is not allowed"


def _refuse_arguments(name: str, node: nodes.Filter | nodes.Call, numbers: range) -> Iterator[str]:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield f"{name} takes no * and no **"
    for argument in (*node.args, *(keyword.value for keyword in node.kwargs)):
        if not isinstance(argument, nodes.Const):
            yield f"{name} takes only what is written out"
        elif isinstance(argument.value, str) and len(argument.value) > _LONGEST_ARGUMENT:
            yield f"{name} takes texts of at most {_LONGEST_ARGUMENT} characters"
        elif type(argument.value) in (int, float) and argument.value not in numbers:
            allowed = f"numbers from {numbers[0]} to {numbers[-1]}" if numbers else "no number"
            yield f"{name} takes {allowed}"
