"""`vedette rules match`: which rules match the events of a file."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from cli.explanation import explanation_line
from cli.input_file import open_lines
from cli.output import print_line
from cli.reader import open_reader, reading_line
from cli.rule_set import RulesFolder, print_faults, read_folder
from schemas.event import Event
from services.matcher.adapters.event_file import BadLine, read_reports
from services.matcher.domain.reader.reading import Reader, Reading
from services.matcher.domain.rules.explain_says import explain_says
from services.matcher.domain.rules.matching import derive_values, find_unknown_names, match_event
from services.matcher.domain.rules.rulebook import Rulebook

FAILED = 1

EventsFile = Annotated[
    str,
    typer.Option(
        "--events", help="JSON lines, one event or labelled report each; - for standard input."
    ),
]


ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Also what each part of each says met or lacked.")
]
ReaderOption = Annotated[
    bool, typer.Option("--reader", help="Also the rules that the second reader suspects.")
]


def match_events(
    events: EventsFile,
    folder: RulesFolder = Path("rules"),
    *,
    explain: ExplainOption = False,
    reader: ReaderOption = False,
) -> None:
    """Print a JSON line for each event: the rules that match, whom they find, names and sites.

    A line that is no event is reported and skipped. Exit code 1 on any fault.
    """
    files = read_folder(folder)
    rulebook, wrong = files.rulebook()
    print_faults(wrong)
    faults = len(wrong)
    second = open_reader(files, rulebook) if reader else None
    with open_lines(events) as lines:
        for event in read_reports(lines):
            if isinstance(event, BadLine):
                faults += 1
                print_line(f"{events}: {event}", err=True)
            else:
                described = _describe_event(rulebook, second, event, explain=explain)
                print_line(json.dumps(described, ensure_ascii=False))
    if faults:
        raise typer.Exit(FAILED)


def _describe_event(
    rulebook: Rulebook, second: Reader | None, event: Event, *, explain: bool
) -> dict[str, object]:
    """What the rules match, and what `second`, a reader, suspects."""
    described = _describe_match(rulebook, event)
    if explain:
        described["explain"] = [explanation_line(each) for each in explain_says(rulebook, event)]
    if second is not None:
        described |= _describe_readings(second.read(event), explain=explain)
    return described


def _describe_match(rulebook: Rulebook, event: Event) -> dict[str, object]:
    matches = match_event(rulebook, event)
    return {
        "id": event.id,
        "rules": [match.rule.name for match in matches],
        "entities": list(derive_values(rulebook, event, "entities")),
        "names": list(find_unknown_names(rulebook, event)),
        "sites": list(derive_values(rulebook, event, "sites")),
        **{
            role: sorted({member for match in matches for member in match.members(role)})
            for role in ("doers", "undergoers")
        },
    }


def _describe_readings(readings: Iterable[Reading], *, explain: bool) -> dict[str, object]:
    """The rules suspected, and how near each rule comes whose gate the report passes."""
    readings = tuple(readings)
    suspected = [each.rule.name for each in readings if each.suspected]
    if not explain:
        return {"suspected": suspected}
    return {"suspected": suspected, "readings": [reading_line(each) for each in readings]}
