"""The commands by name; the modules of a command are imported when it is called."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
import typer.core
from typer.main import get_command, get_group

LAZY: dict[str, tuple[str, Callable[[typer.Typer], Any]]] = {
    "up": ("cli.up", get_command),
    "replay": ("cli.replay", get_command),
    "rules": ("cli.rules", get_group),
    "sources": ("cli.sources", get_group),
    "routes": ("cli.routes", get_group),
    "alerts": ("cli.alerts", get_group),
    "silences": ("cli.silences", get_group),
    "ack": ("cli.ack", get_command),
    "doctor": ("cli.doctor.command", get_command),
    "topics": ("cli.topics", get_group),
    "dead-letters": ("cli.dead_letters", get_group),
    "ledger": ("cli.ledger", get_group),
}


class LazyCommands(typer.core.TyperGroup):
    """Imports the module of a command when it is called: services load none of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them, `up` first."""
        first, *rest = LAZY
        return [first, *super().list_commands(ctx), *rest]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, command_of = LAZY[cmd_name]
        command = command_of(import_module(module).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="vedette",
    cls=LazyCommands,
    help="Watches streams of reports and raises the alarm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def ingest() -> None:
    """Take reports over HTTP. Configured by VEDETTE_ variables alone."""
    _run("ingest")


@app.command("ingest-worker")
def ingest_worker() -> None:
    """Fetch feeds and other sources of VEDETTE_SOURCES_DIR. Configured by VEDETTE_ variables."""
    raise typer.Exit(import_module("services.ingest.__main__").main_worker())


@app.command()
def matcher() -> None:
    """Match events with rules, and hold the windows. Configured by VEDETTE_ variables alone."""
    _run("matcher")


@app.command()
def reader() -> None:
    """Suspect what words miss, with a sentence model. Configured by VEDETTE_ variables alone."""
    raise typer.Exit(import_module("services.matcher.__main__").main_reader())


@app.command()
def notifier() -> None:
    """Send alerts to people. Configured by VEDETTE_ variables alone."""
    _run("notifier")


def _run(service: str) -> None:
    raise typer.Exit(import_module(f"services.{service}.__main__").main())
