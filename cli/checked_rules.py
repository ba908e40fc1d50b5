"""The rules of a folder, read and proven: what is published has no fault and no failing case."""

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import typer

from cli.faults import CommandFailure
from cli.output import print_line
from cli.rule_set import list_faults, print_differences, print_faults, run_cases
from services.document_faults import DocumentFault
from services.matcher.adapters.rules.pack_files import bundle_files
from services.matcher.adapters.rules.rule_files import RuleFiles, read_packs
from services.matcher.adapters.rules.used_packs import read_with_used
from services.matcher.domain.changes.digest import digest_alerting, digest_rules
from services.matcher.domain.changes.next_bundle import RuleDigest, RuleSet
from services.matcher.domain.rules.rulebook import Rulebook

FAILED = 1


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """The rules of a folder as they are read, compiled and published; none has a fault."""

    files: RuleFiles
    rulebook: Rulebook
    rule_set: RuleSet


def read_folder(folder: Path) -> CheckedRules:
    """The rules of a folder, without a fault.

    Raises:
        Exit: they have faults; printed on standard error, with the cases that fail.
        CommandFailure: there is no such folder.
    """
    if not folder.is_dir():
        raise CommandFailure(f"{folder}: no such folder")
    packs, faults = read_with_used(folder)
    files = read_packs(packs, faults)
    rulebook, rule_faults = files.rulebook()
    all_faults = list_faults(files, rulebook, rule_faults)
    print_faults(all_faults)
    if all_faults or not rulebook.windows:
        _print_failing(files, rulebook, rule_faults)
        _refuse(folder)
    digests = digest_rules(files.packs, rulebook.windows)
    rules = {
        "/".join(key): RuleDigest(
            digest, rulebook.windows[key].retention, digest_alerting(rulebook.windows[key])
        )
        for key, digest in digests.items()
    }
    return CheckedRules(files, rulebook, RuleSet(bundle_files(packs), rules))


def refuse_failing(folder: Path, checked: CheckedRules) -> None:
    """Run every test case.

    Raises:
        Exit: one fails; printed on standard error.
    """
    if _print_failing(checked.files, checked.rulebook, ()):
        _refuse(folder)


def _print_failing(
    files: RuleFiles, rulebook: Rulebook, rule_faults: tuple[DocumentFault, ...]
) -> bool:
    outcomes = run_cases(files, rulebook, rule_faults)
    failing = [(case, ran.differences) for case, ran in outcomes if ran.differences]
    for case, lines in failing:
        print_differences(case, lines)
    return bool(failing)


def _refuse(folder: Path) -> NoReturn:
    print_line(f"{folder}: not published", err=True)
    raise typer.Exit(FAILED)
