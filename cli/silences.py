"""`vedette silences`: which alerts are hidden for a time, by whom and why."""

from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from cli.alerts import Format, format_time
from cli.api_client import open_api, quote_id
from cli.output import OutputFormat, plain_text, print_line
from cli.tables import open_console, print_rows
from services.counts import format_count
from services.notifier.adapters.api.answers import PreviewAnswer, SilenceItem, SilenceList

app = typer.Typer(help="Which alerts are hidden for a time.", no_args_is_help=True)

Matchers = Annotated[list[str], typer.Argument(help='Such as rule="joint_march"; all must hold.')]


@app.callback()
def silences() -> None:
    """Which alerts are hidden for a time, by whom and why.

    Reads VEDETTE_API_URL and VEDETTE_API_TOKEN.
    """


@app.command("list")
def list_silences(
    expired: Annotated[  # noqa: FBT002  (typer makes --expired of it)
        bool, typer.Option("--expired", help="Also those that have ended.")
    ] = False,
    output: Format = OutputFormat.TABLE,
) -> None:
    """List silences, those that end first before the others. Times are UTC."""
    states = ["active", "pending", *(["expired"] if expired else [])]
    with open_api() as api:
        listed = api.get("silences", SilenceList, {"state": states}).silences
    if output is OutputFormat.JSON:
        for silence in listed:
            print_line(silence.model_dump_json())
    else:
        print_rows(_build_table(listed), "silences")


@app.command()
def add(
    matchers: Matchers,
    reason: Annotated[str, typer.Option(help="Why; who takes over from you reads it.")],
    duration: Annotated[str, typer.Option(help="From now, such as 30m, 8h or 2d.")] = "1h",
    output: Format = OutputFormat.TABLE,
) -> None:
    """Hide the alerts that meet all matchers. See what that is with `preview` first."""
    body = {"matchers": matchers, "reason": reason, "duration": duration}
    with open_api() as api:
        _print_silence(api.send("POST", "silences", SilenceItem, body), output)


@app.command()
def preview(matchers: Matchers, output: Format = OutputFormat.TABLE) -> None:
    """Show what a silence would hide now, and would have hidden in the last week."""
    with open_api() as api:
        answer = api.send("POST", "silences/preview", PreviewAnswer, {"matchers": matchers})
    if output is OutputFormat.JSON:
        print_line(answer.model_dump_json())
        return
    print_line(f"now: {format_count(answer.firing_count, 'alert')} firing")
    for each in answer.firing:
        print_line(f"  {each.id} {each.level} {each.rule}: {each.summary}")
    print_line(f"last week: {answer.week_count}, {answer.critical_count} of them critical")
    for rule, count in answer.rules.items():
        print_line(f"  {rule}: {count}")


@app.command()
def approve(silence: str, output: Format = OutputFormat.TABLE) -> None:
    """Agree, as a second person, that a silence hides critical alerts for over 30 minutes."""
    with open_api() as api:
        path = f"silences/{quote_id(silence)}/approval"
        _print_silence(api.send("POST", path, SilenceItem), output)


@app.command()
def expire(silence: str, output: Format = OutputFormat.TABLE) -> None:
    """End a silence now: what it hides and still fires is notified."""
    with open_api() as api:
        path = f"silences/{quote_id(silence)}"
        _print_silence(api.send("DELETE", path, SilenceItem), output)


def _print_silence(silence: SilenceItem, output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        print_line(silence.model_dump_json())
    else:
        open_console().print(_build_table((silence,)))


def _build_table(listed: tuple[SilenceItem, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("id", "until", "what"):
        table.add_column(name, overflow="fold", no_wrap=name != "what")
    for each in listed:
        lines = (", ".join(each.matchers), each.reason, _describe_state(each))
        what = Text("\n").join(map(plain_text, lines))
        row = map(plain_text, (each.id, format_time(each.ends_at)))
        table.add_row(*row, what, style="yellow" if each.awaits_approval else None)
    return table


def _describe_state(silence: SilenceItem) -> str:
    """`active, by alice; critical awaits approval`."""
    state = f"{silence.state}, by {silence.owner}"
    return f"{state}; critical awaits approval" if silence.awaits_approval else state
