"""`vedette up`: everything on one machine, for as long as it runs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

import cli
from cli.faults import CommandFailure
from cli.posting import Ingest
from cli.settings import kafka_settings
from cli.stack.banner import banner, invitation
from cli.stack.closing import closing_table
from cli.stack.demo import Stage, Story, accepted, differences, play, read_story, settle
from cli.stack.embedded import LOOPBACK
from cli.stack.plan import PARTS, PORTS, Plan
from cli.stack.ports import free_ports, is_free
from cli.stack.running import Stack, running
from cli.stack.sample import sample_event
from cli.stack.stop import Stop, UserStopped
from cli.stack.watch import StackWatch

DEFAULT_RULES = Path("rules/iraq-2020")
NOT_AS_EXPECTED = 1
INTERRUPTED = 130

app = typer.Typer(add_completion=False)


@app.command()
def up(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Replay the pack's timeline, show its alerts, and end.")
    ] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="With --demo: keep running for your own events.")
    ] = False,
    rules: Annotated[
        Path | None, typer.Option(help="The rule pack: default VEDETTE_RULES_DIR or ours.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, envvar="VEDETTE_PORT", help="Of ingest: default 8080, or a free one."
        ),
    ] = None,
) -> None:
    """Run everything on this machine: an embedded broker, Redis, and the three services.

    It needs nothing but Python, and keeps nothing after it stops. Your VEDETTE_ variables
    (Slack's token, say) are passed on, save those of Kafka and Redis; a demo pages nobody.
    """
    console = Console()
    plan = replace(
        plan_of(rules, port, demo=demo),
        prefix=kafka_settings().topic_prefix,
        terminal=terminal_of(console),
    )
    story = read_story(plan.rules) if demo else None
    stop = Stop()
    with stop.on_signals():
        code = _run(plan, story, stop, console, stay=stay)
    raise typer.Exit(code)


def plan_of(rules: Path | None, port: int | None, *, demo: bool) -> Plan:
    """What to run, on ports that are free now.

    Raises:
        CommandFailure: there are no such rules, or the port that was asked for is taken.
    """
    host = LOOPBACK if demo else os.environ.get("VEDETTE_HOST", LOOPBACK)
    try:
        if port is not None and not is_free(host, port):
            raise CommandFailure(f"port {port} of {host} is taken: choose another with --port")
        ports = free_ports(host, PORTS | ({"ingest": port} if port else {}))
    except OSError as error:
        raise CommandFailure(f"VEDETTE_HOST {host}: {error.strerror or error}") from error
    parts = free_ports(LOOPBACK, PARTS)
    return Plan(_rules(rules), ports | parts, host, demo=demo)


def terminal_of(console: Console) -> dict[str, str]:
    """What a child must know to write as if `console` were its own."""
    colours = {"FORCE_COLOR": "1"} if console.is_terminal and not console.no_color else {}
    return {"COLUMNS": str(console.width), **colours}


def _rules(given: Path | None) -> Path:
    named = given or os.environ.get("VEDETTE_RULES_DIR")
    ours = Path(cli.__file__).parent.parent / DEFAULT_RULES
    folder = Path(named) if named else next(filter(Path.is_dir, (DEFAULT_RULES, ours)), ours)
    if not folder.is_dir():
        raise CommandFailure(f"rules {folder}: no such folder")
    return folder.resolve()


def _run(plan: Plan, story: Story | None, stop: Stop, console: Console, *, stay: bool) -> int:
    code = INTERRUPTED
    try:
        with _stack(plan, stop, console) as stack:
            code = _play(story, stack, stop, console) if story else 0
            if stay or not story:
                sample = sample_event(plan.rules)
                console.print(invitation(plan, os.environ, sample), soft_wrap=True)
                _stay(stack, stop)
    except UserStopped:
        pass
    console.print("vedette up has stopped: nothing is left running, nothing is kept.")
    return code


@contextmanager
def _stack(plan: Plan, stop: Stop, console: Console) -> Iterator[Stack]:
    def show(line: str) -> None:
        console.print(Text.from_ansi(line), soft_wrap=True)

    with tempfile.TemporaryDirectory(prefix="vedette-", ignore_cleanup_errors=True) as place:
        console.print(banner(plan, os.environ, Path(place)), soft_wrap=True)
        with running(plan, Path(place), stop, show) as stack:
            yield stack


def _play(story: Story, stack: Stack, stop: Stop, console: Console) -> int:
    with (
        StackWatch(stack.plan.bootstrap_servers, stack.plan.prefix) as watch,
        Ingest(stack.plan.url("ingest"), pause=stop.sleep) as ingest,
    ):
        stage = Stage(watch.seen, stop, console)
        posted = play(story, ingest, stage)
        settle(story, stage)
    console.print(closing_table(watch.seen, accepted(posted), console.width))
    wrong = differences(story, watch.seen)
    for line in wrong:
        console.print(line, style="red", highlight=False)
    refused = any(one.fault for one in posted)
    return NOT_AS_EXPECTED if wrong or refused else 0


def _stay(stack: Stack, stop: Stop) -> None:
    while True:
        stop.sleep(0.2)
        stack.check()
