"""Choices: options, arguments and prompts that take one of a few words, and name them all."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any, TypeVar

import typer

from services.document_faults import suggest_name

K = TypeVar("K", bound=StrEnum)


def choice_option(kind: type[StrEnum], *flags: str, **settings: Any) -> Any:
    """An option that takes one of the words of `kind`; one that is asked for is asked for again."""
    return typer.Option(*flags, parser=read_choice(kind), **settings)


def choice_argument(kind: type[StrEnum], **settings: Any) -> Any:
    """An argument that takes one of the words of `kind`."""
    return typer.Argument(parser=read_choice(kind), **settings)


def read_choice(kind: type[K]) -> Callable[[str], K]:
    """A parser of the words of `kind`: typer's own puts "Value error" before what it refuses."""

    def read(text: str) -> K:
        require_word(text, tuple(kind))
        return kind(text)

    return read


def require_word(text: str, words: Collection[str]) -> None:
    """Refuse a text that is none of the words.

    Raises:
        typer.BadParameter: it is none; all are named.
    """
    if text not in words:
        hint = suggest_name(text, words)
        allowed = f"{text!r} is none of {', '.join(words)}"
        raise typer.BadParameter(f"{allowed}; {hint}" if hint else allowed)
