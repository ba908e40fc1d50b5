"""`vedette rules report`: what each rule did, and what people thought of it."""

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from cli.api_client import open_api
from cli.choices import choice_option
from cli.output import OutputFormat, plain_text, print_line
from cli.tables import open_console
from services.notifier.adapters.api.answers import RuleItem, RuleList


def report(
    days: Annotated[int, typer.Option(min=1, max=30, help="How far back.")] = 30,
    output: Annotated[
        OutputFormat, choice_option(OutputFormat, "--format", help="json: one line for each rule.")
    ] = OutputFormat.TABLE,
) -> None:
    """For each rule its alerts, the verdicts on them, and the share that was useful.

    Of alerts judged useful or noise; the busiest 200 rules. Reads VEDETTE_API_URL and
    VEDETTE_API_TOKEN.
    """
    with open_api() as api:
        rules = api.get("rules", RuleList, {"days": days}).rules
    if output is OutputFormat.JSON:
        for rule in rules:
            print_line(rule.model_dump_json())
    else:
        open_console().print(_build_table(rules))


def _build_table(rules: tuple[RuleItem, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("rule", overflow="fold")
    for name in ("fires", "useful", "noise", "known", "useful share"):
        table.add_column(name, justify="right")
    for each in rules:
        share = "" if each.useful_ratio is None else f"{each.useful_ratio:.0%}"
        counts = (each.fires, each.useful, each.noise, each.known, share)
        table.add_row(plain_text(f"{each.pack}/{each.rule}"), *map(str, counts))
    return table
