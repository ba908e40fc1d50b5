"""`vedette rules explain`: why a rule fired at a report, or did not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.faults import CommandFailure
from cli.live_windows import ask_matchers, write_live_windows
from cli.output import print_line
from cli.review.past_events import read_unclustered
from cli.rule_set import RulesFolder, print_faults, read_folder
from cli.window_lines import write_window
from schemas.event import Event
from services.counts import format_count
from services.document_faults import suggest_name
from services.ingest.domain.stories.join import WINDOW as STORY_WINDOW
from services.ingest.domain.stories.memory_index import cluster_events
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.domain.review.affected import ReviewedRules
from services.matcher.domain.review.explain_condition import ExplainedPart, ExplainedValue
from services.matcher.domain.review.explain_rule import (
    Past,
    RuleExplanation,
    explain_rule,
    find_reach,
    select_past,
)
from services.matcher.domain.review.narrow_packs import find_rules, is_correlation, narrow_packs
from services.matcher.domain.rules.explain_says import PartExplanation, SaysExplanation
from services.matcher.domain.rules.rulebook import RuleKey

HOLDS = {True: "yes", False: "no "}

EventOption = Annotated[str | None, typer.Option(help="The id of one event of --events.")]
EventsOption = Annotated[
    str | None, typer.Option(help="JSON lines, - for standard input, or `topic`: the events topic.")
]
MatcherOption = Annotated[
    list[str] | None,
    typer.Option(help="Instead: the admin port of a running matcher; each worker has its own."),
]
GroupOption = Annotated[
    str | None, typer.Option(help="With --matcher: a value of the groups to show.")
]


def explain(  # noqa: PLR0913  (typer makes an option of each)
    rule: Annotated[str, typer.Argument(help="The name of a rule, or PACK/NAME.")],
    *,
    event: EventOption = None,
    events: EventsOption = None,
    matcher: MatcherOption = None,
    group: GroupOption = None,
    folder: RulesFolder = Path("rules"),
) -> None:
    """Print the rule's condition as a tree, with what each part of it is for the event.

    For a correlation rule also the rules below it, and what its windows hold and lack once the
    event is taken, with the events of the file up to it. With --matcher what they hold now.
    """
    if matcher:
        refuse_options(event, events)
        lines = write_live_windows(ask_matchers(matcher, rule, group))
    elif event is None or events is None:
        raise CommandFailure("say --event ID and --events FILE, or --matcher URL")
    else:
        lines = explain_past(folder, rule, event, events)
    for line in lines:
        print_line(line)


def refuse_options(event: str | None, events: str | None) -> None:
    """Raise CommandFailure where one of them is given: a matcher has windows, no events."""
    if event is not None or events is not None:
        raise CommandFailure("--matcher shows windows as they are: leave --event and --events out")


def explain_past(folder: Path, rule: str, event: str, events: str) -> Iterator[str]:
    """The rule at an event of the past, line by line."""
    rules, key = compile_alone(folder, rule)
    reports, _ = read_unclustered(events)
    asked = find_event(reports, event)
    past = read_past(rules, key, reports, asked)
    return write_explanation(explain_rule(rules, key, asked, past))


def compile_alone(folder: Path, rule: str) -> tuple[ReviewedRules, RuleKey]:
    """The rule of the folder with what it needs, and its key.

    Raises:
        CommandFailure: no rule or several have the name, or the rule has a fault.
    """
    files = read_folder(folder)
    keys = find_rules(files.packs, rule)
    if len(keys) != 1:
        print_faults(files.faults)
        raise CommandFailure(f"{rule}: {_ask_back(folder, files, rule, keys)}")
    narrow = replace(files, packs=narrow_packs(files.packs, keys[0]))
    rulebook, faults = narrow.rulebook()
    print_faults(faults)
    return ReviewedRules(narrow.packs, rulebook), keys[0]


def _ask_back(folder: Path, files: RuleFiles, rule: str, keys: Sequence[RuleKey]) -> str:
    """Which of several rules is meant, or which one that can be read has a name like it."""
    if keys:
        return f"which of {', '.join('/'.join(key) for key in keys)}?"
    hint = suggest_name(rule, (each.document.name for pack in files.packs for each in pack.rules))
    return f"{folder} has no rule of this name that can be read{f' ({hint})' if hint else ''}"


def read_past(rules: ReviewedRules, key: RuleKey, reports: list[Event], asked: Event) -> Past:
    """What can be in the rule's windows at the event, with stories; nothing if it has none."""
    if not is_correlation(rules.packs, key):
        return Past((), None)
    reach = find_reach(rules.rulebook, key)
    # what a story of that time may have begun with
    past = select_past(reports, asked, reach + 2 * STORY_WINDOW)
    return replace(select_past(cluster_events(past.events), asked, reach), since=past.since)


def find_event(events: list[Event], identity: str) -> Event:
    """The event with the id, the last of several versions.

    Raises:
        CommandFailure: there is none.
    """
    for each in reversed(events):
        if each.id == identity:
            return each
    raise CommandFailure(
        f"--event {identity}: none of {format_count(len(events), 'event')} has this id"
    )


def write_explanation(explanation: RuleExplanation) -> Iterator[str]:
    """Lines for a terminal."""
    for detection in explanation.detections:
        verdict = "matches" if detection.condition.holds else "does not match"
        yield f"{detection.name} {verdict}"
        yield from _write_part(detection.condition, "  ")
        for said in detection.says:
            yield from _write_said(said)
    for window in explanation.windows:
        yield from write_window(explanation.name, window)
    if explanation.is_correlation and not explanation.windows:
        yield f"{explanation.name}: its windows are empty"


def _write_part(part: ExplainedPart, indent: str) -> Iterator[str]:
    yield f"{indent}{HOLDS[part.holds]} {part.text}"
    for value in part.values:
        yield f"{indent}    {HOLDS[value.holds]} {_describe_value(value)}"
    for below in part.parts:
        yield from _write_part(below, f"{indent}  ")


def _describe_value(value: ExplainedValue) -> str:
    met = ", ".join(value.met)
    return f"{value.text}{f'  <- {met}' if met else ''}"


def _write_said(said: SaysExplanation) -> Iterator[str]:
    yield f"  nearest sentence: {said.sentence}"
    for part in said.parts:
        yield f"    {HOLDS[part.holds]} {part.part}{_describe_lack(part)}"


def _describe_lack(part: PartExplanation) -> str:
    facts = {
        "": ", ".join(part.met),
        "vetoed by ": part.veto,
        "done by ": ", ".join(part.others),
        "lacks ": part.lacks,
    }
    said = "; ".join(f"{label}{fact}" for label, fact in facts.items() if fact)
    return f"  <- {said}" if said else ""
