"""The commands by name; the modules of a command are imported when it is called."""

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

import typer
from typer.main import get_command, get_group

from cli.lazy_commands import LazyGroup, MakeCommand, make_app_command


class Commands(LazyGroup):
    """Services load none of the others."""

    first = ("up",)
    lazy: ClassVar[Mapping[str, MakeCommand]] = {
        "up": make_app_command("cli.up", get_command),
        "replay": make_app_command("cli.replay", get_command),
        "rules": make_app_command("cli.rules", get_group),
        "sources": make_app_command("cli.sources", get_group),
        "routes": make_app_command("cli.routes", get_group),
        "alerts": make_app_command("cli.alerts", get_group),
        "silences": make_app_command("cli.silences", get_group),
        "ack": make_app_command("cli.ack", get_command),
        "doctor": make_app_command("cli.doctor.command", get_command),
        "topics": make_app_command("cli.topics", get_group),
        "dead-letters": make_app_command("cli.dead_letters", get_group),
        "ledger": make_app_command("cli.ledger", get_group),
    }


app = typer.Typer(
    name="vedette",
    cls=Commands,
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
