"""Alert texts: Jinja templates in a sandbox, over event and group fields."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

# What an alert itself gives to its templates; everything else is a field of the event.
OF_THE_ALERT = frozenset({"value", "values", "evidence_count", "group", "title", "level"})

_FAILURES = (TemplateError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which no operator makes something huge of something small."""

    intercepted_binops = frozenset({"**", "*"})

    def call_binop(
        self,
        context: Context,  # noqa: ARG002  (the parent's signature)
        operator: str,
        left: Any,
        right: Any,
    ) -> Any:
        """Multiply numbers, and nothing else."""
        if operator == "*" and isinstance(left, int | float) and isinstance(right, int | float):
            return left * right
        raise SecurityError(
            f"{operator} is for numbers" if operator == "*" else "** is not allowed"
        )


_ENVIRONMENT = _Sandbox(undefined=ChainableUndefined)


@lru_cache(maxsize=65536)
def mentioned(template: str | None) -> frozenset[str]:
    """The event fields that a template reads.

    Raises:
        ValueError: the template is none; the message says where.
    """
    if template is None:
        return frozenset()
    try:
        _ENVIRONMENT.compile(template)
        names = meta.find_undeclared_variables(_ENVIRONMENT.parse(template))
    except TemplateSyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.message}") from None
    except RecursionError:
        raise ValueError("line 1: nested too deeply") from None
    return frozenset(names) - OF_THE_ALERT


def rendered(template: str, values: Mapping[str, object]) -> str:
    """The text, or what went wrong in its place: a template never costs an alert."""
    try:
        return _compiled(template).render(values).strip()
    except _FAILURES as error:
        return f"(the rule's text cannot be rendered: {error})"


@lru_cache(maxsize=4096)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)
