"""`vedette replay`: past events, posted to a running ingest."""

import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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
from cli.input_file import TOPIC
from cli.output import plain_text
from cli.posting import IngestClient, Line, PostResult, number_lines, split_lines
from cli.replay_plan import (
    TimedLine,
    find_pauses,
    list_event_lines,
    read_range,
    read_speed,
    select_lines,
)
from cli.settings import replay_settings

REFUSED = 1

app = typer.Typer(add_completion=False)

FileArgument = Annotated[
    str, typer.Argument(help="JSON lines, - for standard input, or `topic`: the events topic.")
]
UrlOption = Annotated[
    str | None,
    typer.Option(help="Where ingest listens: default VEDETTE_REPLAY_URL or localhost:8080."),
]
TokenOption = Annotated[
    str | None, typer.Option(help="The source's token; better in VEDETTE_REPLAY_TOKEN[_FILE].")
]
RateOption = Annotated[
    float | None,
    typer.Option(min=0.001, help="Events per second; default as fast as ingest takes them."),
]
SpeedOption = Annotated[
    str | None, typer.Option(help="So many times as fast as it was: 60x is a minute a second.")
]
SinceOption = Annotated[str | None, typer.Option(help="Only what was recorded from then on.")]
UntilOption = Annotated[str | None, typer.Option(help="Only what was recorded before.")]
AsOfOption = Annotated[
    str | None, typer.Option(help="As if it were then: nothing that was recorded later.")
]
OwnerOption = Annotated[
    str | None, typer.Option(help="Owner of all sources; a drill on an open ingest alone.")
]
ReliabilityOption = Annotated[str | None, typer.Option(help="A to F, of all sources; as --owner.")]
LiveOption = Annotated[
    bool, typer.Option("--live/--drill", help="Real reports; a drill is marked, and pages nobody.")
]


@app.command()
def replay(  # noqa: PLR0913  (typer makes an option of each)
    *,
    file: FileArgument,
    url: UrlOption = None,
    token: TokenOption = None,
    rate: RateOption = None,
    speed: SpeedOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    owner: OwnerOption = None,
    reliability: ReliabilityOption = None,
    live: LiveOption = False,
) -> None:
    """Post the events of FILE to a running ingest, in order; as a drill, unless --live.

    A line that is refused is reported with its error, and the others are posted. Exit code 1 when
    any line was refused.
    """
    settings = replay_settings()
    wanted = read_range(since, until, as_of)
    pace = None if speed is None else read_speed(speed)
    if pace is not None and rate is not None:
        raise CommandFailure("one of --rate and --speed")
    claims = _list_claims(owner, reliability, live=live)
    lines = list(select_lines(_read_source(file), wanted, claims))
    with IngestClient(url or settings.replay_url, token or settings.replay_token) as ingest:
        refused = _replay(ingest, lines, rate, pace)
    if refused:
        raise typer.Exit(REFUSED)


def _list_claims(owner: str | None, reliability: str | None, *, live: bool) -> dict[str, object]:
    """What each posted event says of itself, whatever it said."""
    given = {"source_owner": owner, "reliability": reliability, "exercise": not live or None}
    return {name: value for name, value in given.items() if value is not None}


def _read_source(file: str) -> list[Line]:
    if file != TOPIC:
        return read_lines(file)
    # a file needs no Kafka, and is read without its client
    return list(list_event_lines(import_module("cli.review.events_topic").read_events_topic()))


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


def _replay(
    ingest: IngestClient, lines: list[TimedLine], rate: float | None, speed: float | None
) -> int:
    console = Console(stderr=True)
    refused = 0
    with progress_bar(console, "replay", len(lines)) as (progress, task):
        for result in _post_all(ingest, lines, rate, speed):
            refused += result.fault is not None
            if result.fault is not None:
                message = f"line {result.line.number}: {result.fault}"
                console.print(plain_text(message), soft_wrap=True)
            progress.advance(task)
    console.print(f"{len(lines) - refused} accepted, {refused} refused", highlight=False)
    return refused


def _post_all(
    ingest: IngestClient, lines: list[TimedLine], rate: float | None, speed: float | None
) -> Iterator[PostResult]:
    if speed is not None:
        return _post_as_it_was(ingest, lines, speed)
    plain = [timed.line for timed in lines]
    if rate is None:
        return itertools.chain.from_iterable(map(ingest.post, split_lines(plain)))
    return _post_at_rate(ingest, plain, 1 / rate)


def _post_as_it_was(
    ingest: IngestClient, lines: list[TimedLine], speed: float
) -> Iterator[PostResult]:
    for timed, pause in find_pauses(lines, speed):
        ingest.pause(pause)
        yield from ingest.post([timed.line])


def _post_at_rate(ingest: IngestClient, lines: list[Line], step: float) -> Iterator[PostResult]:
    started = time.monotonic()
    for index, line in enumerate(lines):
        ingest.pause(max(0.0, started + index * step - time.monotonic()))
        yield from ingest.post([line])
