"""Extended correlation conditions: `a and not b` over base rules, parsed by pySigma."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from pyparsing import ParseException
from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionItem,
    CorrelationConditionNOT,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)

_NESTING = re.compile(r"\(|\bnot\b", re.IGNORECASE)
_MOST_NESTED = 50


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition over the base rules that have a hit in a window."""

    text: str
    tree: CorrelationConditionItem | SigmaRuleReference

    def holds(self, present: Collection[str]) -> bool:
        """Whether it is true if exactly these base rules have a hit."""
        return _evaluate(self.tree, present)

    @property
    def names(self) -> frozenset[str]:
        """The base rules in it."""
        return frozenset(_list_names(self.tree))


def parse_expression(text: str) -> Expression:
    """The parsed expression.

    Raises:
        ValueError: it has a fault; the message says where.
    """
    if len(_NESTING.findall(text)) > _MOST_NESTED:
        raise ValueError(f"more than {_MOST_NESTED} brackets and nots")
    try:
        return Expression(text, SigmaExtendedCorrelationCondition.parse(text))
    except ParseException as error:
        missing = "a rule, and, or, not or a bracket is missing"
        raise ValueError(f"column {error.column}: {missing} in {text!r}") from None


def _evaluate(
    node: CorrelationConditionItem | SigmaRuleReference | str, present: Collection[str]
) -> bool:
    if not isinstance(node, CorrelationConditionItem):
        return _name_of(node) in present
    parts = (_evaluate(part, present) for part in node.args)
    if isinstance(node, CorrelationConditionNOT):
        return not next(parts)
    return all(parts) if isinstance(node, CorrelationConditionAND) else any(parts)


def _list_names(node: CorrelationConditionItem | SigmaRuleReference | str) -> list[str]:
    if not isinstance(node, CorrelationConditionItem):
        return [_name_of(node)]
    return [name for part in node.args for name in _list_names(part)]


def _name_of(node: SigmaRuleReference | str) -> str:
    return node.reference if isinstance(node, SigmaRuleReference) else node
