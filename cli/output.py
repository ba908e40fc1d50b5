"""How a command prints what it lists: text that others wrote never controls the terminal."""

import json
from collections.abc import Sequence
from enum import StrEnum
from unicodedata import category

import typer
from rich.text import Text

from services.report_text import FSI, PDI, closes_isolates

MOST_NAMED = 10
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")


class OutputFormat(StrEnum):
    """For programs or for people."""

    JSON = "json"
    TABLE = "table"


def print_line(line: str, *, err: bool = False) -> None:
    """Print one line of text or JSON, its control characters escaped."""
    typer.echo(escape_controls(line), err=err)  # noqa: TID251  (the one place that may)


def list_some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def plain_text(text: str, style: str = "") -> Text:
    """The text for a rich console: without markup, its control characters escaped."""
    return Text(escape_controls(text), style)


def escape_controls(text: str) -> str:
    r"""The text with its control characters as JSON escapes, such as `\u001b`.

    It becomes one line, and JSON stays the same JSON. The joiners of Persian and emoji are kept,
    and isolates if all are closed.
    """
    if text.isprintable():
        return text
    kept = _JOINERS | {FSI, PDI} if closes_isolates(text) else _JOINERS
    return "".join(_escape(char) if _is_hidden(char, kept) else char for char in text)


def _is_hidden(char: str, kept: frozenset[str]) -> bool:
    return category(char) in _HIDDEN and char not in kept


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1]
