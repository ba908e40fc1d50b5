"""`vedette replay`: the events of a file, posted to a running ingest."""

import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from cli.faults import CommandFailure
from cli.posting import Ingest, Line, Posted, chunks_of, lines_of
from cli.settings import replay_settings

REFUSED = 1

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    file: Annotated[str, typer.Argument(help="JSON lines, one event each; - is standard input.")],
    url: Annotated[
        str | None,
        typer.Option(help="Where ingest listens: default VEDETTE_REPLAY_URL or localhost:8080."),
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="The source's token; better in VEDETTE_REPLAY_TOKEN[_FILE].")
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(min=0.001, help="Events per second; default as fast as ingest takes them."),
    ] = None,
) -> None:
    """Post the events of FILE to a running ingest, in order.

    Each line that is refused is named with what is wrong with it; the others are taken. Replaying
    a topic instead of a file comes later. Exit code 1 when any line was refused.
    """
    settings = replay_settings()
    lines = read_lines(file)
    with Ingest(url or settings.replay_url, token or settings.replay_token) as ingest:
        refused = _replay(ingest, lines, rate)
    if refused:
        raise typer.Exit(REFUSED)


def read_lines(file: str) -> list[Line]:
    """The lines of a file, or of standard input.

    Raises:
        CommandFailure: it cannot be read.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
    return list(lines_of(raw.split(b"\n")))


@contextmanager
def progress_bar(console: Console, what: str, total: int) -> Iterator[tuple[Progress, TaskID]]:
    """A bar on `console`; off a terminal it is one line at the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        yield progress, progress.add_task(what, total=total)


def _replay(ingest: Ingest, lines: list[Line], rate: float | None) -> int:
    console = Console(stderr=True)
    refused = 0
    with progress_bar(console, "replay", len(lines)) as (progress, task):
        for posted in _paced(ingest, lines, rate):
            refused += posted.fault is not None
            if posted.fault is not None:
                said = f"line {posted.line.number}: {posted.fault}"
                console.print(said, markup=False, highlight=False, soft_wrap=True)
            progress.advance(task)
    console.print(f"{len(lines) - refused} accepted, {refused} refused", highlight=False)
    return refused


def _paced(ingest: Ingest, lines: list[Line], rate: float | None) -> Iterator[Posted]:
    if rate is None:
        return itertools.chain.from_iterable(map(ingest.post, chunks_of(lines)))
    return _at_rate(ingest, lines, 1 / rate)


def _at_rate(ingest: Ingest, lines: list[Line], step: float) -> Iterator[Posted]:
    begun = time.monotonic()
    for index, line in enumerate(lines):
        ingest.pause(max(0.0, begun + index * step - time.monotonic()))
        yield from ingest.post([line])
