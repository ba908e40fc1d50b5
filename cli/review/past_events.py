"""The past events that a change of rules is tried on: of a file, or of the events topic."""

from importlib import import_module
from typing import Annotated

import typer

from cli.input_file import TOPIC, open_lines
from cli.output import print_line
from schemas.event import Event
from services.ingest.domain.stories.memory_index import cluster_events
from services.matcher.adapters.event_file import BadLine, read_reports
from services.matcher.adapters.rules.rule_files import outside_collection

PastEvents = Annotated[
    str,
    typer.Option(
        "--events", help=f"JSON lines, - for standard input, or `{TOPIC}`: the events topic."
    ),
]


def read_past_events(source: str) -> tuple[list[Event], int]:
    """As `read_unclustered`; events that have no story get one, as ingest would have given it."""
    events, wrong = read_unclustered(source)
    with outside_collection():
        return cluster_events(events), wrong


def read_unclustered(source: str) -> tuple[list[Event], int]:
    """The events, and how many lines are none; those of a file are reported.

    Blocks while it reads.

    Raises:
        CommandFailure: the file cannot be opened, or no broker answers.
    """
    if source == TOPIC:
        # a file needs no Kafka, and is read without its client
        return list(import_module("cli.review.events_topic").read_events_topic()), 0
    events: list[Event] = []
    wrong = 0
    with open_lines(source) as lines, outside_collection():
        for event in read_reports(lines):
            if isinstance(event, BadLine):
                wrong += 1
                print_line(f"{source}: {event}", err=True)
            else:
                events.append(event)
    return events, wrong
