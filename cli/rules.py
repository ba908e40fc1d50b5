"""`vedette rules`: check, prove and try the rules, with the pure engine alone; publish them."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from cli.faults import CommandFailure
from cli.publish import publish
from cli.rule_set import RulesFolder, every_fault, files_of, report, run_cases, tell
from schemas.alert import Alert
from schemas.event import Event
from services.matcher.adapters.event_file import BadLine, read_events
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.domain.backtest.corrections import linked
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.matching import derived, match_event, unknown_names
from services.matcher.domain.rules.rulebook import Rulebook

AT_FAULT = 1

app = typer.Typer(help="Check, prove, try and publish the rules.", no_args_is_help=True)
app.command("publish")(publish)

EventsFile = Annotated[
    str, typer.Option("--events", help="JSON lines, one event each; - is standard input.")
]


class OutputFormat(StrEnum):
    """How alerts are printed."""

    JSON = "json"
    TABLE = "table"


@app.callback()
def rules() -> None:
    """Check, prove, try and publish the rules."""


@app.command()
def check(folder: RulesFolder = Path("rules")) -> None:
    """Report every fault of every file at once: FILE:LINE: FIELD: what is wrong.

    A rule needs a case in which it fires and one in which it stays silent. Exit code 1 on a fault.
    A rule that has to be asked of every event is named as costly, which is no fault.
    """
    files = files_of(folder)
    rulebook, faults = files.rulebook()
    found = every_fault(files, faults)
    report(found)
    for note in _costly(files, rulebook):
        typer.echo(note, err=True)
    if found:
        raise typer.Exit(AT_FAULT)
    counted = sum(len(pack.rules) for pack in files.packs)
    typer.echo(f"{counted} rules, no fault")


def _costly(files: RuleFiles, rulebook: Rulebook) -> Iterator[str]:
    """A note for each rule that no word and no value brings up, at its file and line."""
    asked_always = {(pack.name, rule.name) for pack in rulebook.packs for rule in pack.costly()}
    for pack in files.packs:
        for one in pack.rules:
            if (pack.name, one.document.name) in asked_always:
                place = f"{one.origin.file}:{one.origin.line(('detection',))}"
                yield f"{place}: note: {one.document.name} is costly: every event is asked"


@app.command("test")
def run_all_cases(folder: RulesFolder = Path("rules")) -> None:
    """Run the cases of every rule, and say what is not as they expect. Exit code 1 then."""
    files = files_of(folder)
    rulebook, faults = files.rulebook()
    report(faults)
    told: Counter[bool] = Counter()
    for case, lines in run_cases(files, rulebook, faults):
        told[not lines] += 1
        tell(case, lines)
    typer.echo(f"{told[True]} cases hold, {told[False]} do not")
    if faults or told[False]:
        raise typer.Exit(AT_FAULT)


@app.command("match")
def match_events(events: EventsFile, folder: RulesFolder = Path("rules")) -> None:
    """Print a JSON line for each event: the detection rules that match, who is named, and where.

    A line that is no event is reported and passed over. Exit code 1 on any fault.
    """
    rulebook, faults = _rulebook(folder)
    with _opened(events) as lines:
        for event in read_events(lines):
            if isinstance(event, BadLine):
                faults += 1
                typer.echo(f"{events}: {event}", err=True)
            else:
                typer.echo(json.dumps(_matched(rulebook, event), ensure_ascii=False))
    if faults:
        raise typer.Exit(AT_FAULT)


def _matched(rulebook: Rulebook, event: Event) -> dict[str, object]:
    return {
        "id": event.id,
        "rules": [match.rule.name for match in match_event(rulebook, event)],
        "entities": list(derived(rulebook, event, "entities")),
        "names": list(unknown_names(rulebook, event)),
        "sites": list(derived(rulebook, event, "sites")),
    }


@app.command()
def backtest(
    events: EventsFile,
    folder: RulesFolder = Path("rules"),
    output: Annotated[OutputFormat, typer.Option("--format", help="json: one line an alert.")] = (
        OutputFormat.JSON
    ),
) -> None:
    """Print the alerts that stand at the end of a file of events, on the clock of the file.

    A line that is no event is reported and passed over. Exit code 1 on any fault.
    """
    rulebook, faults = _rulebook(folder)
    good: list[Event] = []
    with _opened(events) as lines:
        for event in read_events(lines):
            if isinstance(event, BadLine):
                faults += 1
                typer.echo(f"{events}: {event}", err=True)
            else:
                good.append(event)
    told = replay(rulebook, linked(good))
    for signal, reason in told.refused:
        typer.echo(f"{signal.rule}: {signal.identity}: {reason}", err=True)
    _show(told.final, output)
    if faults:
        raise typer.Exit(AT_FAULT)


def _show(alerts: Iterable[Alert], output: OutputFormat) -> None:
    if output is OutputFormat.TABLE:
        Console().print(_table(alerts))
        return
    for alert in alerts:
        typer.echo(alert.model_dump_json())


def _table(alerts: Iterable[Alert]) -> Table:
    table = Table("starts", "level", "rule", "status", "evidence", "summary", box=box.SIMPLE)
    for alert in alerts:
        start = f"{alert.starts_at:%Y-%m-%d %H:%M}"
        count = str(alert.evidence_count)
        table.add_row(start, alert.level, alert.rule.name, alert.status, count, alert.summary)
    return table


def _rulebook(folder: Path) -> tuple[Rulebook, int]:
    """The good rules; the faults of the others are reported and counted."""
    rulebook, faults = files_of(folder).rulebook()
    report(faults)
    return rulebook, len(faults)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
