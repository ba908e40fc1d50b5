"""`vedette alerts`: which alerts there are, one with its history, and verdicts on them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from cli.api_client import ApiClient, Query, open_api, quote_id
from cli.choices import choice_argument, choice_option
from cli.output import OutputFormat, plain_text, print_line
from cli.tables import open_console, print_rows
from schemas.alert import Level, Status
from schemas.recorded_verdict import Opinion
from services.counts import format_count
from services.notifier.adapters.api.answers import AlertItem, AlertList, AlertStory, VerdictList

PAGE = 200
LONGEST_SUMMARY = 100
STYLES = {
    Level.CRITICAL: "bold red",
    Level.HIGH: "dark_orange",
    Level.MEDIUM: "yellow",
    Level.LOW: "blue",
    Level.INFORMATIONAL: "dim",
}

app = typer.Typer(help="Which alerts there are, and verdicts on them.", no_args_is_help=True)

Format = Annotated[
    OutputFormat, choice_option(OutputFormat, "--format", help="json: one complete line for each.")
]


@app.callback()
def alerts() -> None:
    """Which alerts there are, and verdicts on them.

    Reads VEDETTE_API_URL and VEDETTE_API_TOKEN.
    """


@app.command("list")
def list_alerts(  # noqa: PLR0913, PLR0917  (typer makes an option of each)
    matchers: Annotated[
        list[str] | None, typer.Argument(help='Such as level="high"; all must hold.')
    ] = None,
    status: Annotated[
        list[Status] | None, choice_option(Status, help="firing, if none is named.")
    ] = None,
    acknowledged: Annotated[
        bool | None, typer.Option(help="Only those that somebody has in hand, or nobody.")
    ] = None,
    silenced: Annotated[
        bool | None, typer.Option(help="Only those that a silence hides, or none.")
    ] = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    output: Format = OutputFormat.TABLE,
) -> None:
    """List alerts, those that changed last first. Times are UTC."""
    query: dict[str, str | int | list[str]] = {
        "filter": matchers or [],
        "status": [str(each) for each in status or [Status.FIRING]],
        "limit": min(most, PAGE),
    }
    flags = {"acknowledged": acknowledged, "silenced": silenced}
    query |= {name: str(value).lower() for name, value in flags.items() if value is not None}
    with open_api() as api:
        listed = list(_read_pages(api, query, most))
    if output is OutputFormat.JSON:
        for item in listed:
            print_line(item.model_dump_json())
    else:
        print_rows(build_alert_table(listed), "alerts")


@app.command()
def show(alert: str, output: Format = OutputFormat.TABLE) -> None:
    """Show an alert with everything that was done about it. Times are UTC."""
    with open_api() as api:
        story = api.get(f"alerts/{quote_id(alert)}", AlertStory)
    if output is OutputFormat.JSON:
        print_line(story.model_dump_json())
        return
    console = open_console()
    for line in _list_facts(story):
        console.print(plain_text(line))
    console.print(_build_history(story))


@app.command()
def verdict(
    alert: str,
    opinion: Annotated[Opinion, choice_argument(Opinion, help="What it was.")],
    comment: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Say what you think of an alert.

    It counts for the rule; what is suspected is confirmed by useful, and ended by noise.
    """
    body = {"verdict": str(opinion), "comment": comment}
    with open_api() as api:
        answer = api.send("PUT", f"alerts/{quote_id(alert)}/verdict", VerdictList, body)
    [given] = answer.verdicts
    print_line(f"{given.alert}: {given.opinion}, by {given.by}")


def build_alert_table(listed: list[AlertItem]) -> Table:
    """A row for each alert, which can be read on 80 columns: what it is, and a line about it."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("id", "level", "since", "what"):
        table.add_column(name, overflow="fold", no_wrap=name != "what")
    for item in listed:
        status = item.level if item.status is Status.FIRING else item.status
        what = Text("\n").join([plain_text(_cut(item.summary)), plain_text(_describe(item))])
        row = map(plain_text, (item.id, status, format_time(item.starts_at)))
        table.add_row(*row, what, style=_style(item))
    return table


def _cut(summary: str) -> str:
    return summary if len(summary) <= LONGEST_SUMMARY else f"{summary[: LONGEST_SUMMARY - 1]}…"


def _describe(item: AlertItem) -> str:
    """Its rule, how many reports it has, and who has it in hand."""
    rule, reports = f"{item.pack}/{item.rule}", format_count(item.evidence_count, "report")
    return " · ".join(part for part in (rule, reports, _name_holder(item)) if part)


def format_time(moment: datetime | None) -> str:
    """To the minute."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}Z"


def _read_pages(api: ApiClient, query: Query, most: int) -> Iterator[AlertItem]:
    cursor: str | None = None
    while most > 0:
        page = api.get("alerts", AlertList, {**query, **({"cursor": cursor} if cursor else {})})
        yield from page.alerts[:most]
        most, cursor = most - len(page.alerts), page.cursor
        if cursor is None:
            return


def _style(item: AlertItem) -> str:
    return STYLES[item.level] if item.status is Status.FIRING else "dim"


def _name_holder(item: AlertItem) -> str:
    if item.silence is not None:
        return f"silence {item.silence}"
    known = item.acknowledgement
    return "" if known is None else f"{known.owner} until {format_time(known.ends_at)}"


def _list_facts(story: AlertStory) -> Iterator[str]:
    alert, item = story.alert, story.item
    yield f"{alert.level.upper()} {alert.status}: {alert.rule.title}"
    yield alert.summary
    yield f"why: {alert.explain}"
    yield f"since {format_time(alert.starts_at)}, {format_count(alert.evidence_count, 'report')}"
    if holder := _name_holder(item):
        yield f"in hand: {holder}"
    if story.verdict is not None:
        yield f"verdict: {story.verdict.opinion}, by {story.verdict.by} {story.verdict.comment}"
    for piece in alert.evidence:
        words = piece.title or piece.excerpt or ""
        yield f"- {piece.source} {piece.grade} {format_time(piece.occurred_at)} {words}"


def _build_history(story: AlertStory) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("at", "rev", "receiver", "act", "why"):
        table.add_column(name, overflow="fold", no_wrap=name in ("at", "rev", "act"))
    for each in story.history:
        row = (f"{each.at:%Y-%m-%d %H:%M:%S}", str(each.revision), each.receiver or "", each.act)
        table.add_row(*map(plain_text, (*row, each.reason)))
    return table
