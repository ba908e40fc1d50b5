"""The commands by name; what a command needs is loaded when it is called."""

from importlib import import_module
from typing import Any

import typer
import typer.core

GROUPS = {
    "dead-letters": "cli.dead_letters",
    "rules": "cli.rules",
    "topics": "cli.topics",
}


class LateGroups(typer.core.TyperGroup):
    """Groups whose modules are imported when they are asked for: a service loads none of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them."""
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        group = typer.main.get_command(import_module(GROUPS[cmd_name]).app)
        group.name = cmd_name
        return group


app = typer.Typer(
    name="vedette",
    cls=LateGroups,
    help="Watches streams of reports and raises the alarm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def ingest() -> None:
    """Take events in over HTTP. Configured by VEDETTE_ variables alone."""
    _serve("ingest")


@app.command()
def matcher() -> None:
    """Match events with rules and keep the windows. Configured by VEDETTE_ variables alone."""
    _serve("matcher")


@app.command()
def notifier() -> None:
    """Send alerts to people. Configured by VEDETTE_ variables alone."""
    _serve("notifier")


def _serve(service: str) -> None:
    raise typer.Exit(import_module(f"services.{service}.__main__").main())
