"""`vedette ledger`: every decision and act on an alert, with its reason."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import typer
from kafka.consumer.fetcher import ConsumerRecord
from rich import box
from rich.table import Table

from cli.choices import choice_option
from cli.faults import CommandFailure
from cli.output import OutputFormat, plain_text, print_line
from cli.records import open_consumer, read_topic
from cli.settings import kafka_settings
from cli.tables import open_console
from schemas.envelope import check_schema
from schemas.ledger import SHOWN, Act, LedgerLine
from schemas.topics import LEDGER, topic_name
from schemas.version import NewerSchema
from services.environment import VedetteSettings

BAD = frozenset({Act.FAILED, Act.LOST})
UNSURE = frozenset({Act.IN_DOUBT, Act.RETRYING})
STYLES = (
    dict.fromkeys(SHOWN, "bold green")
    | dict.fromkeys(BAD, "bold red")
    | dict.fromkeys(UNSURE, "yellow")
)

app = typer.Typer(help="Every decision and act on an alert, with its reason.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """Every decision and act on an alert, with its reason."""


@app.command()
def show(
    about: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="Or the id of one alert.")],
    output: Annotated[
        OutputFormat,
        choice_option(OutputFormat, "--format", help="json: one complete line for each act."),
    ] = (OutputFormat.TABLE),
) -> None:
    """Show every decision and act on an alert at every receiver, in order of time.

    Reads VEDETTE_KAFKA_BOOTSTRAP_SERVERS and VEDETTE_TOPIC_PREFIX. Times are UTC.
    """
    lines = read_lines(kafka_settings(), about)
    if output is OutputFormat.JSON:
        for line in lines:
            print_line(line.model_dump_json(exclude_defaults=True))
    else:
        console = open_console()
        for table in build_tables(lines):
            console.print(table)


def read_lines(settings: VedetteSettings, about: str) -> list[LedgerLine]:
    """The lines about a fingerprint or an alert's id, in order of time; reads the whole topic.

    Raises:
        CommandFailure: there is no line about it, no such topic, or no broker answers.
    """
    name = topic_name(settings.topic_prefix, LEDGER)
    # every partition: an id names none, nor does a key once partitions were added
    with open_consumer(settings) as consumer:
        lines = list(select_lines(about, read_topic(consumer, name)))
    if not lines:
        raise CommandFailure(
            f"no line about {about} in {name}: is it an alert's fingerprint or id?"
        )
    return sorted(lines, key=lambda line: line.at)


def select_lines(about: str, read: Iterable[ConsumerRecord]) -> Iterator[LedgerLine]:
    """The lines about a fingerprint or an alert's id; malformed ones are skipped.

    Raises:
        CommandFailure: a later release wrote one of them.
    """
    for record in read:
        line = _decode_line(record) if about.encode() in (record.value or b"") else None
        if line is not None and about in (line.fingerprint, line.alert):
            yield line


def build_tables(lines: Iterable[LedgerLine]) -> Iterator[Table]:
    """One table for each alert, in the order of their first lines."""
    alerts: dict[str, list[LedgerLine]] = {}
    for line in lines:
        alerts.setdefault(line.alert, []).append(line)
    return (_build_table(group) for group in alerts.values())


def _build_table(lines: list[LedgerLine]) -> Table:
    first = lines[0]
    table = Table(box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.title = plain_text(f"alert {first.alert}  fingerprint {first.fingerprint}")
    for name in ("at", "rev", "state", "receiver", "act", "why"):
        table.add_column(name, overflow="fold", no_wrap=name in ("at", "rev", "act"))
    for line in lines:
        table.add_row(*map(plain_text, _format_line(line)), style=STYLES.get(line.act))
    return table


def _format_line(line: LedgerLine) -> tuple[str, ...]:
    state = " ".join(word for word in (line.level, line.status) if word)
    return (
        _format_time(line.at),
        str(line.revision),
        state,
        line.receiver or "",
        line.act,
        _format_reason(line),
    )


def _format_reason(line: LedgerLine) -> str:
    handle = line.entry.handle if line.entry and line.act in SHOWN else None
    return f"{line.reason} ({handle})" if handle else line.reason


def _format_time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def _decode_line(record: ConsumerRecord) -> LedgerLine | None:
    try:
        check_schema(record.headers)
        return LedgerLine.model_validate_json(record.value)
    except NewerSchema as error:
        raise CommandFailure(f"a line of the ledger has {error}") from error
    except ValueError:
        return None
