"""`vedette up`: everything on one machine, for as long as it runs."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.text import Text

import cli
from cli.faults import CommandFailure
from cli.output import plain_text
from cli.posting import IngestClient
from cli.settings import kafka_settings
from cli.stack.banner import build_banner, build_invitation
from cli.stack.demo import (
    DemoStage,
    DemoTimeline,
    HasRead,
    find_differences,
    find_unsuspected,
    play_timeline,
    post_times,
    read_timeline,
    wait_until_settled,
)
from cli.stack.embedded import LOOPBACK, check_installed
from cli.stack.folder import stack_folder
from cli.stack.plan import ADMIN_PORTS, PARTS, PORTS, READER, SOURCES, WORKER, Plan, check_exposure
from cli.stack.ports import find_free_ports, is_free
from cli.stack.reading import ReaderProgress, has_model
from cli.stack.rule_faults import read_rule_faults
from cli.stack.running import Stack, run_stack
from cli.stack.sample import sample_event
from cli.stack.stop import Stop, UserStopped
from cli.stack.summary import build_summary
from cli.stack.watching import StackWatch

DEFAULT_RULES = Path("rules/iraq-2020")
UNEXPECTED = 1
INTERRUPTED = 130
ADMIN = "admin "


app = typer.Typer(add_completion=False)


DemoOption = Annotated[
    bool, typer.Option("--demo", help="Replay the pack's timeline, show its alerts, and exit.")
]
StayOption = Annotated[
    bool, typer.Option("--stay", help="With --demo: keep running for your events.")
]
RulesOption = Annotated[
    Path | None, typer.Option(help="The rule pack; default VEDETTE_RULES_DIR or the one shipped.")
]
ReaderOption = Annotated[
    bool | None,
    typer.Option(
        "--reader/--no-reader",
        help="Also the second reader, of the extra vedette[reader]; a demo has it where it can.",
    ),
]
SourcesOption = Annotated[
    Path | None,
    typer.Option(
        envvar=SOURCES, help="A folder of sources, such as feeds, to fetch; not in a demo."
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, envvar="VEDETTE_PORT", help="Port of ingest; default 8080, or a free one."
    ),
]


@app.command()
def up(  # noqa: PLR0913  (typer makes an option of each)
    *,
    demo: DemoOption = False,
    stay: StayOption = False,
    rules: RulesOption = None,
    port: PortOption = None,
    reader: ReaderOption = None,
    sources: SourcesOption = None,
) -> None:
    """Run everything on this machine: an embedded broker, Redis, and the services.

    It needs only Python, and keeps nothing after it stops. The services get your VEDETTE_ variables
    (such as Slack's token), except those of Kafka and Redis; a demo pages nobody.
    """
    check_installed()
    console = Console()
    with_reader = demo and has_model() if reader is None else reader
    folder = None if demo or sources is None else _find_sources(sources)
    also = (READER if with_reader else {}) | (WORKER if folder else {})
    plan = build_plan(rules, port, demo=demo, also=also)
    plan = replace(plan, sources=folder, prefix=kafka_settings().topic_prefix)
    plan = replace(plan, terminal=terminal_variables(console))
    check_exposure(plan, os.environ)
    timeline = read_timeline(plan.rules) if demo else None
    stop = Stop()
    with stop.on_signals():
        code = _run(plan, timeline, stop, console, stay=stay)
    raise typer.Exit(code)


def build_plan(
    rules: Path | None, port: int | None, *, demo: bool, also: Mapping[str, int] | None = None
) -> Plan:
    """What to run, on ports that are free now; `also` are the ports of services beside the three.

    Raises:
        CommandFailure: there are no such rules, or the port is in use.
    """
    host = LOOPBACK if demo else os.environ.get("VEDETTE_HOST", LOOPBACK)
    try:
        if port is not None and not is_free(host, port):
            raise CommandFailure(f"port {port} of {host} is in use: choose another with --port")
        wanted = PORTS | dict(also or {}) | ({"ingest": port} if port else {})
        wanted |= {ADMIN + name: admin_port for name, admin_port in ADMIN_PORTS.items()}
        ports = find_free_ports(host, wanted)
    except OSError as error:
        raise CommandFailure(f"VEDETTE_HOST {host}: {error.strerror or error}") from error
    parts = find_free_ports(LOOPBACK, PARTS)
    admin_ports = {name: ports.pop(ADMIN + name) for name in ADMIN_PORTS}
    return Plan(_find_rules(rules), ports | parts, host, demo=demo, admin_ports=admin_ports)


def terminal_variables(console: Console) -> dict[str, str]:
    """The variables with which a child prints as `console` does."""
    colours = {"FORCE_COLOR": "1"} if console.is_terminal and not console.no_color else {}
    return {"COLUMNS": str(console.width), **colours}


def _find_sources(given: Path) -> Path:
    if not given.is_dir():
        raise CommandFailure(f"sources {given}: no such folder")
    return given.resolve()


def _find_rules(given: Path | None) -> Path:
    chosen = given or os.environ.get("VEDETTE_RULES_DIR")
    shipped = Path(cli.__file__).parent.parent / DEFAULT_RULES
    folder = (
        Path(chosen) if chosen else next(filter(Path.is_dir, (DEFAULT_RULES, shipped)), shipped)
    )
    if not folder.is_dir():
        raise CommandFailure(f"rules {folder}: no such folder")
    return folder.resolve()


def _run(
    plan: Plan, timeline: DemoTimeline | None, stop: Stop, console: Console, *, stay: bool
) -> int:
    code = INTERRUPTED
    try:
        with _stack(plan, stop, console) as stack:
            _print_rule_faults(plan, console)
            code = _play(timeline, stack, stop, console) if timeline else 0
            if stay or not timeline:
                sample = sample_event(plan.rules)
                console.print(build_invitation(plan, os.environ, sample), soft_wrap=True)
                _stay(stack, stop)
    except UserStopped:
        pass
    console.print("vedette up has stopped: nothing is left running, nothing is kept.")
    return code


@contextmanager
def _stack(plan: Plan, stop: Stop, console: Console) -> Iterator[Stack]:
    def print_line(line: str) -> None:
        console.print(Text.from_ansi(line), soft_wrap=True)

    with stack_folder(Path(tempfile.gettempdir())) as folder:
        console.print(build_banner(plan, os.environ, folder), soft_wrap=True)
        with run_stack(plan, folder, stop, print_line) as stack:
            yield stack


def _print_rule_faults(plan: Plan, console: Console) -> None:
    with httpx.Client(timeout=5, trust_env=False) as client:
        faults = read_rule_faults(client, plan.admin_url("matcher"))
    if faults:
        console.print("The rules have faults; all but these parts are in force:")
    for fault in faults:
        console.print(plain_text(f"  {fault}", "yellow"), soft_wrap=True)


def _play(timeline: DemoTimeline, stack: Stack, stop: Stop, console: Console) -> int:
    with (
        StackWatch(stack.plan.kafka, stack.plan.prefix) as watch,
        IngestClient(stack.plan.url("ingest"), pause=stop.sleep) as ingest,
        _follow_reader(stack.plan) as has_read,
    ):
        stage = DemoStage(watch.seen, stop, console, has_read)
        results = play_timeline(timeline, ingest, stage)
        wait_until_settled(timeline, stage)
    console.print(build_summary(watch.seen, post_times(results), console.width))
    lines = find_differences(timeline, watch.seen)
    lines += find_unsuspected(timeline, watch.seen) if has_read else []
    for line in lines:
        console.print(plain_text(line, "red"))
    refused = any(result.fault for result in results)
    return UNEXPECTED if lines or refused else 0


@contextmanager
def _follow_reader(plan: Plan) -> Iterator[HasRead | None]:
    """Whether the stack's reader has read so many reports; None where none runs."""
    if "reader" not in plan.services:
        yield None
        return
    with ReaderProgress.of(plan.url("reader")) as progress:
        yield progress.has_read


def _stay(stack: Stack, stop: Stop) -> None:
    while True:
        stop.sleep(0.2)
        stack.check()
