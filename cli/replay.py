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
from cli.output import plain_text
from cli.posting import IngestClient, Line, PostResult, number_lines, split_lines
from cli.settings import replay_settings

REFUSED = 1

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    file: Annotated[str, typer.Argument(help="JSON lines, one event each; - for standard input.")],
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

    A line that is refused is reported with its error, and the others are posted. Exit code 1 when
    any line was refused.
    """
    settings = replay_settings()
    lines = read_lines(file)
    with IngestClient(url or settings.replay_url, token or settings.replay_token) as ingest:
        refused = _replay(ingest, lines, rate)
    if refused:
        raise typer.Exit(REFUSED)


def read_lines(file: str) -> list[Line]:
    """The lines of a file, or of standard input (`-`).

    Raises:
        CommandFailure: it cannot be read.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
    return list(number_lines(raw.split(b"\n")))


@contextmanager
def progress_bar(console: Console, name: str, total: int) -> Iterator[tuple[Progress, TaskID]]:
    """A progress bar on `console`; one line at the end where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        yield progress, progress.add_task(name, total=total)


def _replay(ingest: IngestClient, lines: list[Line], rate: float | None) -> int:
    console = Console(stderr=True)
    refused = 0
    with progress_bar(console, "replay", len(lines)) as (progress, task):
        for result in _post_all(ingest, lines, rate):
            refused += result.fault is not None
            if result.fault is not None:
                message = f"line {result.line.number}: {result.fault}"
                console.print(plain_text(message), soft_wrap=True)
            progress.advance(task)
    console.print(f"{len(lines) - refused} accepted, {refused} refused", highlight=False)
    return refused


def _post_all(ingest: IngestClient, lines: list[Line], rate: float | None) -> Iterator[PostResult]:
    if rate is None:
        return itertools.chain.from_iterable(map(ingest.post, split_lines(lines)))
    return _post_at_rate(ingest, lines, 1 / rate)


def _post_at_rate(ingest: IngestClient, lines: list[Line], step: float) -> Iterator[PostResult]:
    started = time.monotonic()
    for index, line in enumerate(lines):
        ingest.pause(max(0.0, started + index * step - time.monotonic()))
        yield from ingest.post([line])
