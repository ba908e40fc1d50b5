"""A set of rules as the commands take it: read, checked, and its cases run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.faults import CommandFailure
from services.matcher.adapters.rules.rule_files import RuleFiles, read_rule_files
from services.matcher.domain.backtest.cases import differences
from services.matcher.domain.backtest.coverage import cases_of, coverage_faults
from services.matcher.domain.packs.faults import RuleFault
from services.matcher.domain.rules.rulebook import Rulebook

RulesFolder = Annotated[
    Path, typer.Option("--rules", help="A rule pack, or a folder of rule packs.")
]


def files_of(folder: Path) -> RuleFiles:
    """What the folder holds, faults and all.

    Raises:
        CommandFailure: there is no such folder.
    """
    if not folder.is_dir():
        raise CommandFailure(f"{folder}: no such folder")
    return read_rule_files(folder)


def every_fault(files: RuleFiles, faults: Iterable[RuleFault]) -> list[RuleFault]:
    """These and the cases that rules lack, by file and line."""
    lacking = (fault for pack in files.packs for fault in coverage_faults(pack))
    return sorted([*faults, *lacking], key=lambda fault: (fault.file, fault.line))


def run_cases(
    files: RuleFiles, rulebook: Rulebook, faults: Iterable[RuleFault]
) -> Iterator[tuple[str, list[str]]]:
    """Each case of the files without a fault, by name, with a line for each difference."""
    faulty = {fault.file for fault in faults}
    for pack in files.packs:
        for rule, case in cases_of(pack):
            if rule.origin.file not in faulty:
                name = f"{rule.origin.file}: {rule.document.name}: {case.test.name}"
                yield name, list(differences(rulebook, case))


def report(faults: Iterable[RuleFault]) -> None:
    """A line for each, on standard error."""
    for fault in faults:
        typer.echo(str(fault), err=True)


def tell(case: str, lines: Iterable[str]) -> None:
    """The differences of a case, if it has any."""
    for number, line in enumerate(lines):
        if number == 0:
            typer.echo(f"{case}:")
        typer.echo(f"  {line}")
