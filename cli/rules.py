"""`vedette rules`: check, test and try rules with the engine alone, without Kafka; publish them."""

from collections.abc import Mapping
from typing import ClassVar

import typer

from cli.lazy_commands import LazyGroup, MakeCommand, make_function_command


class RulesCommands(LazyGroup):
    """Each loads the part of the engine that it needs."""

    lazy: ClassVar[Mapping[str, MakeCommand]] = {
        "check": make_function_command("cli.check", "check"),
        "publish": make_function_command("cli.publish", "publish"),
        "diff": make_function_command("cli.review.command", "diff"),
        "explain": make_function_command("cli.explain", "explain"),
        "score": make_function_command("cli.score", "score"),
        "report": make_function_command("cli.rule_report", "report"),
        "train": make_function_command("cli.train", "train"),
        "labels": make_function_command("cli.labels", "labels"),
        "test": make_function_command("cli.rule_cases", "run_rule_cases"),
        "new": make_function_command("cli.new_rule", "new"),
        "fmt": make_function_command("cli.fmt", "fmt"),
        "backtest": make_function_command("cli.backtest.command", "backtest"),
        "match": make_function_command("cli.match", "match_events"),
    }


app = typer.Typer(
    cls=RulesCommands, help="Check, test, try and publish rules.", no_args_is_help=True
)


@app.callback()
def rules() -> None:
    """Check, test, try and publish rules."""
