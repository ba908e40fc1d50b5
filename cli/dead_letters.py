"""`vedette dead-letters`: what could not be used, and why."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from kafka.consumer.fetcher import ConsumerRecord
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.letters import is_mark, places_sent_again
from cli.records import reading, records
from cli.retry import retry
from cli.settings import kafka_settings
from schemas.envelope import header
from schemas.topics import DEAD_LETTERS, topic_name
from services.environment import VedetteSettings

EXCERPT = 200
SECONDS = len("2020-01-24T12:00:00")
NAMED = ("reason", "where", "topic", "partition", "offset")

app = typer.Typer(help="What could not be used, and why.", no_args_is_help=True)


class DeadLetterFormat(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"


@app.callback()
def dead_letters() -> None:
    """What could not be used, and why."""


@app.command("list")
def list_letters(
    output: Annotated[
        DeadLetterFormat, typer.Option("--format", help="json: one line a letter, whole.")
    ] = (DeadLetterFormat.TABLE),
    *,
    every: Annotated[bool, typer.Option("--all", help="Those sent again, too.")] = False,
) -> None:
    """List the dead letters that are still kept, oldest first in each partition.

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the topic's name begins with
    VEDETTE_TOPIC_PREFIX.
    """
    letters = read(kafka_settings(), every=every)
    if output is DeadLetterFormat.JSON:
        for letter in letters:
            typer.echo(json.dumps(letter, ensure_ascii=False))
    else:
        Console().print(table(letters))


app.command("retry")(retry)


def read(settings: VedetteSettings, *, every: bool = False) -> Iterator[Mapping[str, str]]:
    """The letters that stand in the topic now and were not sent again, or else `every` one.

    Blocks while the broker answers.

    Raises:
        Unusable: no broker answers, or it has no such topic.
    """
    name = topic_name(settings.topic_prefix, DEAD_LETTERS)
    with reading(settings) as consumer:
        found = list(records(consumer, name))
    done = places_sent_again(found)
    for record in found:
        if not is_mark(record) and (every or (record.partition, record.offset) not in done):
            yield letter_of(record)


def letter_of(record: ConsumerRecord) -> dict[str, str]:
    """One letter as plain text; bytes that are no UTF-8 come as `…_base64`."""
    letter = {"at": datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat()}
    letter |= {name: header(record.headers, name) or "" for name in NAMED}
    return letter | _as_text("key", record.key) | _as_text("value", record.value)


def table(letters: Iterator[Mapping[str, str]]) -> Table:
    """Them all, with an excerpt of what each holds."""
    listed = Table(box=box.SIMPLE_HEAD)
    for name in ("at", "reason", "where", "from", "value"):
        listed.add_column(name, overflow="fold")
    for letter in letters:
        origin = f"{letter['topic']}/{letter['partition']}@{letter['offset']}"
        value = letter.get("value") or letter.get("value_base64") or ""
        at = letter["at"][:SECONDS].replace("T", " ")
        cells = (at, letter["reason"], letter["where"], origin, value[:EXCERPT])
        listed.add_row(*map(Text, cells))
    listed.caption = f"{listed.row_count} dead letter{'' if listed.row_count == 1 else 's'}"
    return listed


def _as_text(name: str, raw: bytes | None) -> dict[str, str]:
    try:
        return {name: (raw or b"").decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(raw or b"").decode()}
