"""`vedette rules backtest`: the engine over past events, on their clock."""

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cli.backtest.outcome_file import read_outcomes
from cli.backtest.page import write_page
from cli.backtest.report import BacktestReport, describe_flags, describe_measures
from cli.choices import choice_option
from cli.output import plain_text, print_line
from cli.reader import open_reader, suspect_all
from cli.review.past_events import PastEvents, read_past_events
from cli.rule_set import RulesFolder, print_faults, read_folder
from cli.tables import open_console
from schemas.alert import Alert
from schemas.event import Event
from schemas.outcome import Outcome
from services.matcher.domain.backtest.coverage import alerting_names
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.review.outcomes import list_known, measure_outcomes, measure_rules

FAILED = 1


class BacktestFormat(StrEnum):
    """For a terminal, a program, or a browser."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


FormatOption = Annotated[
    BacktestFormat, choice_option(BacktestFormat, "--format", help="json: one line an alert.")
]
OutcomesOption = Annotated[
    Path | None, typer.Option(help="YAML: what happened, and which rules should have warned.")
]
ReaderOption = Annotated[
    bool, typer.Option("--reader", help="Also what the second reader suspects.")
]


def backtest(
    *,
    events: PastEvents,
    folder: RulesFolder = Path("rules"),
    output: FormatOption = BacktestFormat.JSON,
    outcomes: OutcomesOption = None,
    reader: ReaderOption = False,
) -> None:
    """Print the final alerts of past events, on the clock of the events.

    Nothing recorded later is seen before its time. With outcomes also how long before each of them
    people would have had an alert, and for each rule precision and recall. A line that is no event
    is reported and skipped. Exit code 1 on any fault.
    """
    files = read_folder(folder)
    rulebook, faults = files.rulebook()
    print_faults(faults)
    names = {name for pack in files.packs for name in alerting_names(pack)}
    expected = read_outcomes(outcomes, names) if outcomes else ()
    past, wrong = read_past_events(events)
    suspected = suspect_all(open_reader(files, rulebook), rulebook, past) if reader else {}
    replayed = replay(rulebook, past, suspected, _show_progress)
    for signal, reason in replayed.refused:
        print_line(f"{signal.rule}: {signal.identity}: {reason}", err=True)
    _print(make_report(past, replayed, expected), output)
    if faults or wrong:
        raise typer.Exit(FAILED)


def make_report(
    past: Sequence[Event], replayed: Replay, outcomes: Sequence[Outcome]
) -> BacktestReport:
    """What came of the events, measured by the outcomes."""
    known = list_known(replayed.alerts)
    times = sorted(event.learned_at for event in past)
    return BacktestReport(
        events=len(past),
        since=times[0] if times else None,
        until=times[-1] if times else None,
        alerts=replayed.final,
        rules=measure_rules(known, outcomes),
        outcomes=measure_outcomes(known, outcomes),
    )


def _show_progress(events: Sequence[Event]) -> Iterator[Event]:
    """The events, with a bar and the time left on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    return iter(track(events, "backtest", console=console, disable=not console.is_terminal))


def _print(report: BacktestReport, output: BacktestFormat) -> None:
    match output:
        case BacktestFormat.TABLE:
            open_console().print(_build_table(report.alerts))
            lines: Iterable[str] = describe_measures(report)
        case BacktestFormat.JSON:
            lines = (*(alert.model_dump_json() for alert in report.alerts), *_measure_lines(report))
        case BacktestFormat.HTML:
            lines = write_page(report).splitlines()
    for line in lines:
        print_line(line)


def _measure_lines(report: BacktestReport) -> Iterator[str]:
    """One line for each rule that an outcome names, and for each outcome."""
    for rule in report.rules:
        lead = rule.median_lead
        yield _to_json(
            measured=rule.rule,
            alerts=rule.alerts,
            right=rule.right,
            precision=rule.precision,
            recall=rule.recall,
            median_lead_seconds=lead and lead.total_seconds(),
        )
    for each in report.outcomes:
        yield _to_json(
            outcome=each.outcome.name,
            at=each.outcome.at.isoformat(),
            warned_by=each.first and each.first.alert.id,
            lead_seconds=each.lead and each.lead.total_seconds(),
        )


def _to_json(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False)


def _build_table(alerts: Iterable[Alert]) -> Table:
    names = ("starts", "level", "rule", "status", "", "evidence", "summary")
    table = Table(*names, box=box.SIMPLE)
    for alert in alerts:
        start = f"{alert.starts_at:%Y-%m-%d %H:%M}"
        count, flags = str(alert.evidence_count), describe_flags(alert)
        cells = (start, alert.level, alert.rule.name, alert.status, flags, count, alert.summary)
        table.add_row(*map(plain_text, cells))
    return table
