"""Templates of alert texts: Jinja in a sandbox, over event and group fields."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.matcher.domain.windows.template_syntax import (
    FILTERS,
    LONGEST_RESULT,
    LONGEST_TEMPLATE,
    TESTS,
    InvalidTemplate,
    refuse_syntax,
)
from services.report_text import clean_line

# Variables that an alert defines; every other one is a field of the event.
ALERT_VARIABLES = frozenset({"value", "values", "evidence_count", "group", "title", "level"})

NOT_RENDERED = "(the rule's text cannot be rendered: "
"""How a text begins that a template failed to make."""

_LONGEST_REASON = 200


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, without operators that build huge values from small ones."""

    intercepted_binops = frozenset({"**", "*", "%"})

    def call_binop(
        self,
        context: Context,  # noqa: ARG002  (the parent's signature)
        operator: str,
        left: Any,
        right: Any,
    ) -> Any:
        """Multiply and divide numbers; refuse everything else."""
        if operator == "**":
            raise SecurityError("** is not allowed")
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise SecurityError(f"{operator} is for numbers")
        return left * right if operator == "*" else left % right


class SeveralValues(tuple[str, ...]):
    """Values of a field: a text of them has commas, by whatever filter it is made."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(self)


def _clean_value(value: object) -> object:
    # words of reports are data: the lines of a text are the rule's
    if isinstance(value, SeveralValues):
        value = str(value)
    return clean_line(value) if isinstance(value, str) else value


_ENVIRONMENT = _Sandbox(undefined=ChainableUndefined, finalize=_clean_value)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters = dict(FILTERS)
_ENVIRONMENT.tests = dict(TESTS)


@lru_cache(maxsize=65536)
def read_fields(template: str | None) -> frozenset[str]:
    """The event fields that a template reads; none if it is None.

    Raises:
        InvalidTemplate: the template has a fault; the message says where.
    """
    if template is None:
        return frozenset()
    _compile(template)
    return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(template))) - ALERT_VARIABLES


def render_template(template: str, values: Mapping[str, object]) -> str:
    """The rendered text, or the error in its place: a template never stops an alert."""
    try:
        return "".join(_render(_compile(template), values)).strip()
    except InvalidTemplate as error:
        reason = error.message
    except Exception as error:  # noqa: BLE001  (filters raise what they like; the alert must go out)
        reason = str(error) or type(error).__name__
    return f"{NOT_RENDERED}{reason[:_LONGEST_REASON]})"


def _render(template: Template, values: Mapping[str, object]) -> Iterator[str]:
    size = 0
    for piece in template.generate(values):
        size += len(piece)
        if size > LONGEST_RESULT:
            raise ValueError(f"longer than {LONGEST_RESULT} characters")
        yield piece


@lru_cache(maxsize=4096)
def _compile(template: str) -> Template:
    """The template, checked before Jinja evaluates its constants.

    Raises:
        InvalidTemplate: it is too long, no template, or says what none may say.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise InvalidTemplate(1, f"longer than {LONGEST_TEMPLATE} characters")
    try:
        refuse_syntax(_ENVIRONMENT.parse(template))
        return _ENVIRONMENT.from_string(template)
    except TemplateSyntaxError as error:
        raise InvalidTemplate(error.lineno, error.message or "is no template") from None
    except (RecursionError, SyntaxError, MemoryError):
        # Python's compiler bounds how deep the code of a template is nested
        raise InvalidTemplate(1, "nested too deeply") from None
