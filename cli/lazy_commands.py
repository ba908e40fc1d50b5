"""Groups of commands whose modules are imported when a command is called: a start costs little."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
import typer.core
from typer.main import get_command

MakeCommand = Callable[[str], Any]
"""Makes the command of a name."""


class LazyGroup(typer.core.TyperGroup):
    """A group that makes each command of `lazy` when it is called; `first` are listed first."""

    lazy: ClassVar[Mapping[str, MakeCommand]]
    first: ClassVar[tuple[str, ...]] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        known = [*self.first, *super().list_commands(ctx), *self.lazy]
        return list(dict.fromkeys(known))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        command = self.lazy[cmd_name](cmd_name)
        command.name = cmd_name
        return command


def make_function_command(module: str, function: str) -> MakeCommand:
    """Makes a command of a function of the module."""

    def make(name: str) -> Any:
        single = typer.Typer(add_completion=False)
        single.command(name)(getattr(import_module(module), function))
        return get_command(single)

    return make


def make_app_command(module: str, command_of: Callable[[typer.Typer], Any]) -> MakeCommand:
    """Makes a command, or a group, of the `app` of the module."""
    return lambda _name: command_of(import_module(module).app)
