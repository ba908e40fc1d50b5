"""`vedette rules` as tests call it, and events for it."""

import json

from typer.testing import CliRunner, Result

from cli.rules import app

EVENTS = [
    {"id": "1", "source": "a", "occurred_at": "2020-01-03T10:00:00Z", "text": "Rockets hit Taji."},
    {"id": "2", "source": "a", "occurred_at": "2020-01-03T11:00:00Z", "text": "Badr is quiet."},
]


def run_rules(*arguments: str, given: str = "") -> Result:
    """What came of it; what it raises is raised, but for its exit code."""
    return CliRunner().invoke(app, arguments, input=given, catch_exceptions=False)


def write_lines(*events: object) -> str:
    """The events as a file or standard input has them."""
    return "".join(json.dumps(event) + "\n" for event in events)
