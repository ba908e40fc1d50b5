"""`vedette dead-letters`: messages that a part refused, and why."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
from kafka.consumer.fetcher import ConsumerRecord
from rich import box
from rich.table import Table

from cli.choices import choice_option
from cli.dead_letter_records import find_retried, is_retry_marker
from cli.output import OutputFormat, plain_text, print_line
from cli.records import open_consumer, read_topic
from cli.retry import retry
from cli.settings import kafka_settings
from cli.tables import open_console
from schemas.envelope import header
from schemas.topics import DEAD_LETTERS, topic_name
from services.counts import format_count
from services.environment import VedetteSettings

LONGEST_EXCERPT = 200
SECONDS = len("2020-01-24T12:00:00")
SHOWN_HEADERS = ("reason", "where", "topic", "partition", "offset", "source")

app = typer.Typer(help="List messages that a part refused, and retry them.", no_args_is_help=True)


@app.callback()
def dead_letters() -> None:
    """List messages that a part refused, and retry them."""


@app.command("list")
def list_dead_letters(
    output: Annotated[
        OutputFormat,
        choice_option(OutputFormat, "--format", help="json: one line a dead letter, in full."),
    ] = OutputFormat.TABLE,
    *,
    include_retried: Annotated[bool, typer.Option("--all", help="Include retried ones.")] = False,
) -> None:
    """List the dead letters that are open, oldest first in each partition.

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the topic's name begins with
    VEDETTE_TOPIC_PREFIX.
    """
    letters = read_dead_letters(kafka_settings(), include_retried=include_retried)
    if output is OutputFormat.JSON:
        for letter in letters:
            print_line(json.dumps(letter, ensure_ascii=False))
    else:
        open_console().print(build_table(letters))


app.command("retry")(retry)


def read_dead_letters(
    settings: VedetteSettings, *, include_retried: bool = False
) -> Iterator[Mapping[str, str]]:
    """The dead letters in the topic now. Blocks while the broker answers.

    Raises:
        CommandFailure: no broker answers, or it has no such topic.
    """
    name = topic_name(settings.topic_prefix, DEAD_LETTERS)
    with open_consumer(settings) as consumer:
        records = list(read_topic(consumer, name))
    hidden = frozenset() if include_retried else find_retried(records)
    for record in records:
        if not is_retry_marker(record) and (record.partition, record.offset) not in hidden:
            yield describe(record)


def describe(record: ConsumerRecord) -> dict[str, str]:
    """A dead letter as plain text; bytes that are not UTF-8 have a key that ends in `_base64`."""
    described = {"at": datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat()}
    described |= {name: header(record.headers, name) or "" for name in SHOWN_HEADERS}
    return described | _as_text("key", record.key) | _as_text("value", record.value)


def build_table(letters: Iterable[Mapping[str, str]]) -> Table:
    """A row for each dead letter, with an excerpt of its value."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("at", "reason", "where", "from", "value"):
        table.add_column(name, overflow="fold")
    for letter in letters:
        origin = _describe_origin(letter)
        value = letter.get("value") or letter.get("value_base64") or ""
        at = letter["at"][:SECONDS].replace("T", " ")
        cells = (at, letter["reason"], letter["where"], origin, value[:LONGEST_EXCERPT])
        table.add_row(*map(plain_text, cells))
    table.caption = format_count(table.row_count, "dead letter")
    return table


def _describe_origin(letter: Mapping[str, str]) -> str:
    """The message, or the source of what never was one."""
    if not letter["topic"]:
        return letter["source"]
    return f"{letter['topic']}/{letter['partition']}@{letter['offset']}"


def _as_text(name: str, raw: bytes | None) -> dict[str, str]:
    try:
        return {name: (raw or b"").decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(raw or b"").decode()}
