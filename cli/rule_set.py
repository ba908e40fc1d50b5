"""A folder of rules as commands use it: read, checked, and its cases run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.faults import CommandFailure
from cli.output import print_line
from services.counts import format_count
from services.document_faults import DocumentFault, limit_faults, sort_faults
from services.matcher.adapters.rules.rule_files import RuleFiles, read_rule_files
from services.matcher.adapters.rules.timeline_file import read_timelines
from services.matcher.domain.backtest.cases import CaseOutcome, run_case
from services.matcher.domain.backtest.coverage import find_coverage_faults, list_cases
from services.matcher.domain.backtest.timelines import run_timeline
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.words.cases import find_case_faults
from services.matcher.domain.words.lookalikes import find_lookalikes

RulesFolder = Annotated[
    Path, typer.Option("--rules", help="A rule pack, or a folder of rule packs.")
]


def read_folder(folder: Path) -> RuleFiles:
    """The rules of the folder, with their faults.

    Raises:
        CommandFailure: there is no such folder.
    """
    if not folder.is_dir():
        kind = "a file: name the folder of its pack" if folder.exists() else "no such folder"
        raise CommandFailure(f"{folder}: {kind}")
    return read_rule_files(folder)


def list_faults(
    files: RuleFiles, rulebook: Rulebook, faults: Iterable[DocumentFault]
) -> list[DocumentFault]:
    """The faults, the cases that rules lack, and what differs in word lists, by file and line."""
    faults = tuple(faults)
    missing = (fault for pack in files.packs for fault in find_coverage_faults(pack))
    words = find_word_faults(files, rulebook, faults)
    return sort_faults([*faults, *files.drop_unread(missing), *files.drop_unread(words)])


def find_word_faults(
    files: RuleFiles, rulebook: Rulebook, faults: Iterable[DocumentFault]
) -> Iterator[DocumentFault]:
    """Cases of word lists that fail, lists without a case, entries that are read as other words.

    A list of which `faults` tell is not whole, so its cases are not asked.
    """
    lists = {pack.name: pack.lists.words for pack in rulebook.packs}
    faulty = {fault.file for fault in faults}
    for pack in files.packs:
        for located in pack.word_lists:
            if located.origin.file not in faulty:
                yield from find_case_faults(located, lists[pack.name])
            yield from find_lookalikes(located)


def run_cases(
    files: RuleFiles, rulebook: Rulebook, faults: Iterable[DocumentFault]
) -> Iterator[tuple[str, CaseOutcome]]:
    """Each case of the files without a fault: its name, and what came of it."""
    faulty = {fault.file for fault in faults}
    for pack in files.packs:
        for rule, case in list_cases(pack):
            if rule.origin.file not in faulty:
                name = f"{rule.origin.file}: {rule.document.name}: {case.test.name}"
                yield name, run_case(rulebook, case)


def run_timelines(
    file: Path, files: RuleFiles, rulebook: Rulebook
) -> tuple[Iterator[tuple[str, CaseOutcome]], tuple[DocumentFault, ...]]:
    """Each good timeline as `run_cases` has cases, and the faults of the others.

    Raises:
        CommandFailure: the file cannot be read.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
    timelines, faults = read_timelines(str(file), raw, files.packs)
    outcomes = (
        (f"{file}: {timeline.name}", run_timeline(rulebook, pack, timeline))
        for pack, timeline in timelines
    )
    return outcomes, faults


def print_faults(faults: Iterable[DocumentFault]) -> None:
    """Print a line for each on standard error, up to a number for each file."""
    for fault in limit_faults(faults):
        print_line(str(fault), err=True)


def print_differences(case: str, lines: Iterable[str]) -> None:
    """Print the differences of a case, if it has any."""
    for number, line in enumerate(lines):
        if number == 0:
            print_line(f"{case}:")
        print_line(f"  {line}")


def count_cases(ran: int, failed: int) -> str:
    """How many of the cases that ran pass, and how many fail."""
    passed = format_count(ran - failed, "case passes", "cases pass")
    return f"{passed}, {failed} {'fails' if failed == 1 else 'fail'}"
