"""Choices: whatever takes one of a few words names them all when it is given another."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.main import get_command

from cli.command import app


def list_choices(command: Any, name: str = "vedette") -> Iterator[tuple[str, Any]]:
    """The options and arguments of all commands that take one of a few words, by their names."""
    for parameter in command.params:
        if parameter.type_descriptor.is_choice:
            yield f"{name} {parameter.name}", parameter
    context = typer.Context(command)
    for child in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from list_choices(command.get_command(context, child), f"{name} {child}")


CHOICES = dict(list_choices(get_command(app)))


def test_commands_of_all_depths_have_some() -> None:
    assert CHOICES.keys() >= {"vedette rules new level", "vedette ledger show output"}


@pytest.mark.parametrize("name", CHOICES)
def test_another_word_is_answered_by_those_that_are_allowed(name: str) -> None:
    command, parameter = typer.Context(get_command(app)), CHOICES[name]

    with pytest.raises(typer.BadParameter) as refused:
        parameter.process_value(command, ["no such word"] if parameter.multiple else "no such word")

    allowed = ", ".join(parameter.type_descriptor.choices)
    assert refused.value.message == f"'no such word' is none of {allowed}"


def test_a_word_almost_right_is_answered_by_the_right_one() -> None:
    parameter = CHOICES["vedette rules new level"]

    with pytest.raises(typer.BadParameter, match=r"critical; did you mean high\?"):
        parameter.process_value(typer.Context(get_command(app)), "hihg")
