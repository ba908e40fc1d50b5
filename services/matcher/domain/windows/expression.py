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

_DEEPENING = re.compile(r"\(|\bnot\b", re.IGNORECASE)
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition over the base rules that have a hit in a window."""

    text: str
    tree: CorrelationConditionItem | SigmaRuleReference

    def holds(self, present: Collection[str]) -> bool:
        """Whether it is true where just these base rules have a hit."""
        return _holds(self.tree, present)

    @property
    def names(self) -> frozenset[str]:
        """The base rules that it speaks of."""
        return frozenset(_names(self.tree))


def parse_expression(text: str) -> Expression:
    """The expression of a condition.

    Raises:
        ValueError: it is none; the message says where.
    """
    if len(_DEEPENING.findall(text)) > _DEEPEST:
        raise ValueError(f"more than {_DEEPEST} brackets and nots")
    try:
        return Expression(text, SigmaExtendedCorrelationCondition.parse(text))
    except ParseException as error:
        raise ValueError(f"column {error.column}: {error.msg} in {text!r}") from None


def _holds(
    node: CorrelationConditionItem | SigmaRuleReference | str, present: Collection[str]
) -> bool:
    if not isinstance(node, CorrelationConditionItem):
        return _name(node) in present
    parts = (_holds(part, present) for part in node.args)
    if isinstance(node, CorrelationConditionNOT):
        return not next(parts)
    return all(parts) if isinstance(node, CorrelationConditionAND) else any(parts)


def _names(node: CorrelationConditionItem | SigmaRuleReference | str) -> list[str]:
    if not isinstance(node, CorrelationConditionItem):
        return [_name(node)]
    return [name for part in node.args for name in _names(part)]


def _name(node: SigmaRuleReference | str) -> str:
    return node.reference if isinstance(node, SigmaRuleReference) else node
