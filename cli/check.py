"""`vedette rules check`: the faults of rules, and notes on what their authors hardly meant."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.check_formats import CheckFormat, Finding, format_findings
from cli.choices import choice_option
from cli.output import print_line
from cli.rule_set import RulesFolder, list_faults, read_folder
from services.counts import format_count
from services.document_faults import DocumentFault, limit_faults, sort_faults
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.adapters.sentence_models.training_files import list_pack_examples
from services.matcher.domain.notes.list_notes import list_notes
from services.matcher.domain.rules.rulebook import Rulebook

FAILED = 1


def check(
    folder: RulesFolder = Path("rules"),
    form: Annotated[
        CheckFormat,
        choice_option(CheckFormat, "--format", help="github: annotations; sarif: code scanning."),
    ] = CheckFormat.TEXT,
) -> None:
    """Report every fault of every file at once: FILE:LINE: FIELD: what is wrong.

    A rule needs a case in which it fires and one in which it is silent; the labelled files that
    `reader:` of a pack with `means` names are read too. What is no fault, but hardly meant, is
    noted: a selection that is not used, a level that weights cannot reach. Exit code 1 on a fault.
    """
    files = read_folder(folder)
    rulebook, wrong = files.rulebook()
    of_rules, unread = list_faults(files, rulebook, wrong), _find_unread_examples(files, rulebook)
    faults = sort_faults([*of_rules, *unread])
    notes = _sort_notes(files, rulebook)
    if form is CheckFormat.TEXT:
        _print_text(files, faults, notes)
    else:
        for line in format_findings(_find_all(faults, notes), form):
            print_line(line)
    if faults:
        raise typer.Exit(FAILED)


def _find_unread_examples(files: RuleFiles, rulebook: Rulebook) -> Iterator[DocumentFault]:
    """What the second reader cannot learn from: missing files, and lines that are no report."""
    rules = {pack.name: pack for pack in rulebook.packs}
    for pack in files.packs:
        yield from list_pack_examples(pack, rules[pack.name]).faults


def _sort_notes(files: RuleFiles, rulebook: Rulebook) -> list[DocumentFault]:
    return sort_faults(note for pack in files.packs for note in list_notes(pack, rulebook))


def _find_all(faults: Iterable[DocumentFault], notes: Iterable[DocumentFault]) -> Iterator[Finding]:
    yield from (Finding("fault", fault) for fault in faults)
    yield from (Finding("note", note) for note in notes)


def _print_text(files: RuleFiles, faults: list[DocumentFault], notes: list[DocumentFault]) -> None:
    """Faults and notes on standard error; how much was checked on standard output."""
    found = _find_all(limit_faults(faults), limit_faults(notes))
    for line in format_findings(found, CheckFormat.TEXT):
        print_line(line, err=True)
    if not faults:
        rules = sum(len(pack.rules) for pack in files.packs)
        lists = sum(len(pack.word_lists) for pack in files.packs)
        counts = [
            format_count(rules, "rule"),
            *([format_count(lists, "word list")] if lists else ()),
        ]
        print_line(", ".join([*counts, "no fault"]))
