"""Events from a file of JSON lines; each line that is none, with its number."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from schemas.event import (
    OF_ANOTHER_SOURCE,
    Event,
    choose_recorded_at,
    complete_report,
    drop_nulls,
)
from services.matcher.adapters.topics.described_faults import describe_faults
from services.matcher.adapters.written_label import split_label
from services.strict_json import InvalidJson, parse

# For a report without any time: it is earlier than all others.
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCE = "file"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no event, counted from 1, and why."""

    number: int
    message: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.message}"


def read_events(lines: Iterable[bytes]) -> Iterator[Event | BadLine]:
    """The event of each line, or what is wrong with it; empty lines are skipped.

    It adds what ingest would add: an id from the content, and times on the recorded clock, where an
    event without any has that of the line before. The default source is `file`.
    """
    return _complete_events(read_objects(lines))


def read_reports(lines: Iterable[bytes]) -> Iterator[Event | BadLine]:
    """As `read_events`; of a labelled report it is the event without the label."""
    return _complete_events(map(_without_label, read_objects(lines)))


def _without_label(
    line: tuple[int, dict[str, Any] | BadLine],
) -> tuple[int, dict[str, Any] | BadLine]:
    number, body = line
    if isinstance(body, BadLine) or "expect" not in body:
        return line
    return number, split_label(body)[1]


def _complete_events(
    objects: Iterable[tuple[int, dict[str, Any] | BadLine]],
) -> Iterator[Event | BadLine]:
    recorded: Any = _NO_TIME
    sources: set[str] = set()
    for number, body in objects:
        event = body if isinstance(body, BadLine) else complete_event(number, body, recorded)
        if isinstance(event, Event):
            recorded = event.recorded_at
            sources.add(event.source)
            event = _refuse_of_another(number, event, sources)
        yield event


def _refuse_of_another(number: int, event: Event, sources: Collection[str]) -> Event | BadLine:
    """The event, unless it corrects `SOURCE ID` of another one of these sources."""
    source, space, _ = (event.corrected_id or "").partition(" ")
    if not space or source == event.source or source not in sources:
        return event
    field = "supersedes" if event.retracts is None else "retracts"
    return BadLine(number, f"{field}: {OF_ANOTHER_SOURCE}")


def read_objects(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any] | BadLine]]:
    """The JSON object of each line, with the line's number; empty lines are skipped."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, _read_object(number, line)


def _read_object(number: int, line: bytes) -> dict[str, Any] | BadLine:
    try:
        body = parse(line)
    except InvalidJson as error:
        return BadLine(number, f"is no JSON: {str(error).removeprefix('line 1 ')}")
    if isinstance(body, list):
        return BadLine(number, "is a JSON array: write one object a line (jq -c '.[]' does)")
    return body if isinstance(body, dict) else BadLine(number, "is no JSON object")


def complete_event(number: int, body: dict[str, Any], recorded: Any = _NO_TIME) -> Event | BadLine:
    """The event of a line's object; `recorded` is its time if it has none."""
    body = {"source": _SOURCE} | drop_nulls(body)
    try:
        full = complete_report(body, choose_recorded_at(body, recorded))
        return Event.model_validate(full, extra="forbid")
    except ValidationError as error:
        return BadLine(number, describe_faults(error, Event.model_fields))
