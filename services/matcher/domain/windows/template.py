"""Templates of alert texts: Jinja in a sandbox, over event and group fields."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Variables that an alert defines; every other one is a field of the event.
ALERT_VARIABLES = frozenset({"value", "values", "evidence_count", "group", "title", "level"})

_FAILURES = (TemplateError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, without operators that build huge values from small ones."""

    intercepted_binops = frozenset({"**", "*"})

    def call_binop(
        self,
        context: Context,  # noqa: ARG002  (the parent's signature)
        operator: str,
        left: Any,
        right: Any,
    ) -> Any:
        """Multiply numbers; refuse everything else."""
        if operator == "*" and isinstance(left, int | float) and isinstance(right, int | float):
            return left * right
        raise SecurityError(
            f"{operator} is for numbers" if operator == "*" else "** is not allowed"
        )


_ENVIRONMENT = _Sandbox(undefined=ChainableUndefined)


@lru_cache(maxsize=65536)
def read_fields(template: str | None) -> frozenset[str]:
    """The event fields that a template reads; none if it is None.

    Raises:
        ValueError: the template has a fault; the message says where.
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
    return frozenset(names) - ALERT_VARIABLES


def render_template(template: str, values: Mapping[str, object]) -> str:
    """The rendered text, or the error in its place: a template never stops an alert."""
    try:
        return _compile(template).render(values).strip()
    except _FAILURES as error:
        return f"(the rule's text cannot be rendered: {error})"


@lru_cache(maxsize=4096)
def _compile(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)
