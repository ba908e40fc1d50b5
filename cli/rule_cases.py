"""`vedette rules test`: the cases inside rule files, and those of word lists and timelines."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from cli.junit import write_junit
from cli.output import print_line
from cli.rule_set import (
    RulesFolder,
    count_cases,
    find_word_faults,
    print_differences,
    print_faults,
    read_folder,
    run_cases,
    run_timelines,
)
from schemas.alert import Alert
from services.counts import format_count
from services.document_faults import DocumentFault, sort_faults
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.domain.backtest.cases import CaseOutcome
from services.matcher.domain.backtest.name_cases import find_name_faults
from services.matcher.domain.review.case_coverage import find_unmet
from services.matcher.domain.rules.rulebook import Rulebook

FAILED = 1

TimelinesOption = Annotated[
    Path | None, typer.Option(help="Also run the timelines of this YAML file.")
]
JunitOption = Annotated[
    Path | None, typer.Option(help="Also write the outcomes to this file, as JUnit's XML.")
]
ShowOption = Annotated[bool, typer.Option("--show", help="Also print the alerts of each case.")]
CoverageOption = Annotated[
    bool, typer.Option("--coverage", help="Also print what of each rule no case meets.")
]


def run_rule_cases(
    folder: RulesFolder = Path("rules"),
    timelines: TimelinesOption = None,
    junit: JunitOption = None,
    *,
    show: ShowOption = False,
    coverage: CoverageOption = False,
) -> None:
    """Run the cases of every rule and word list and print what differs.

    Exit code 1 if anything does, and where a text of an alert cannot be rendered.
    """
    files = read_folder(folder)
    rulebook, faults = files.rulebook()
    faults += tuple(_find_list_faults(files, rulebook, faults))
    outcomes = run_cases(files, rulebook, faults)
    if timelines is not None:
        more, wrong = run_timelines(timelines, files, rulebook)
        outcomes, faults = chain(outcomes, more), (*faults, *wrong)
    print_faults(sort_faults(faults))
    done = _print_all(outcomes, show=show)
    if junit is not None:
        write_junit(junit, done, faults)
    for unmet in find_unmet(files.packs, rulebook) if coverage else ():
        print_line(str(unmet))
    failed = sum(bool(lines) for _, lines in done)
    print_line(count_cases(len(done), failed))
    if faults or failed:
        raise typer.Exit(FAILED)


def _find_list_faults(
    files: RuleFiles, rulebook: Rulebook, faults: Iterable[DocumentFault]
) -> Iterator[DocumentFault]:
    """Cases of lists, of words and of members, that do not hold."""
    yield from files.drop_unread(find_word_faults(files, rulebook, faults))
    for pack in files.packs:
        yield from find_name_faults(pack)


def _print_all(
    outcomes: Iterable[tuple[str, CaseOutcome]], *, show: bool
) -> list[tuple[str, tuple[str, ...]]]:
    """Print each case while it ends; its name and its differences."""
    done = []
    for case, ran in outcomes:
        if show:
            print_line(f"{case}: {format_count(len(ran.alerts), 'alert')}")
            for alert in ran.alerts:
                _print_alert(alert)
        print_differences(case, ran.differences)
        done.append((case, ran.differences))
    return done


def _print_alert(alert: Alert) -> None:
    start = f"{alert.starts_at:%d %H:%M}"
    print_line(f"  {start} {alert.level} {alert.status} {alert.rule.name}: {alert.summary}")
    if alert.action is not None:
        print_line(f"    do: {alert.action}")
    print_line(f"    why: {alert.explain}")
