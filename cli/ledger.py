"""`vedette ledger`: what was decided and done about an alert, and why."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import typer
from kafka.consumer.fetcher import ConsumerRecord
from pydantic import ValidationError
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.faults import CommandFailure
from cli.output import OutputFormat
from cli.records import open_consumer, read_topic
from cli.settings import kafka_settings
from schemas.ledger import SHOWN, Act, LedgerLine
from schemas.topics import LEDGER, topic_name
from services.environment import VedetteSettings

BAD = frozenset({Act.FAILED, Act.LOST})
UNSURE = frozenset({Act.IN_DOUBT, Act.RETRYING})
STYLES = (
    dict.fromkeys(SHOWN, "bold green")
    | dict.fromkeys(BAD, "bold red")
    | dict.fromkeys(UNSURE, "yellow")
)

app = typer.Typer(help="What was done about an alert, and why.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """What was done about an alert, and why."""


@app.command()
def show(
    about: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="Or the id of one alert.")],
    output: Annotated[
        OutputFormat, typer.Option("--format", help="json: one line an act, whole.")
    ] = (OutputFormat.TABLE),
) -> None:
    """Tell the story of an alert: every decision and act at every receiver, in order of time.

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the topic's name begins with
    VEDETTE_TOPIC_PREFIX. Times are UTC.
    """
    lines = read(kafka_settings(), about)
    if output is OutputFormat.JSON:
        for line in lines:
            typer.echo(line.model_dump_json(exclude_defaults=True))
    else:
        console = Console()
        for part in story(lines):
            console.print(part)


def read(settings: VedetteSettings, about: str) -> list[LedgerLine]:
    """The lines about a fingerprint or an alert's id, in order of time; reads the whole topic.

    Raises:
        CommandFailure: there is no line about it, no such topic, or no broker answers.
    """
    name = topic_name(settings.topic_prefix, LEDGER)
    # all partitions: an id says nothing about its own, nor a key once partitions were added
    with open_consumer(settings) as consumer:
        found = list(lines_about(about, read_topic(consumer, name)))
    if not found:
        raise CommandFailure(
            f"no line about {about} in {name}: is it an alert's fingerprint or id?"
        )
    return sorted(found, key=lambda line: line.at)


def lines_about(about: str, found: Iterable[ConsumerRecord]) -> Iterator[LedgerLine]:
    """The lines about a fingerprint or an alert's id; what is no line is passed over."""
    for record in found:
        line = _line(record.value or b"") if about.encode() in (record.value or b"") else None
        if line is not None and about in (line.fingerprint, line.alert):
            yield line


def story(lines: Iterable[LedgerLine]) -> Iterator[Table]:
    """One table for each alert, in the order in which they begin."""
    alerts: dict[str, list[LedgerLine]] = {}
    for line in lines:
        alerts.setdefault(line.alert, []).append(line)
    return (_table(one) for one in alerts.values())


def _table(lines: list[LedgerLine]) -> Table:
    first = lines[0]
    told = Table(box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    told.title = f"alert {first.alert}  fingerprint {first.fingerprint}"
    for name in ("at", "rev", "state", "receiver", "act", "why"):
        told.add_column(name, overflow="fold", no_wrap=name in ("at", "rev", "act"))
    for line in lines:
        told.add_row(*map(Text, _cells(line)), style=STYLES.get(line.act))
    return told


def _cells(line: LedgerLine) -> tuple[str, ...]:
    state = " ".join(word for word in (line.level, line.status) if word)
    return (_time(line.at), str(line.revision), state, line.receiver or "", line.act, _why(line))


def _why(line: LedgerLine) -> str:
    handle = line.entry.handle if line.entry and line.act in SHOWN else None
    return f"{line.reason} ({handle})" if handle else line.reason


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def _line(value: bytes) -> LedgerLine | None:
    try:
        return LedgerLine.model_validate_json(value)
    except ValidationError:
        return None
