"""Labelled reports from a file of JSON lines: an event each, with the rules it must match."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from schemas.event import Event
from services.document_faults import suggest_name
from services.matcher.adapters.event_file import BadLine, complete_event, read_objects
from services.matcher.adapters.topics.described_faults import describe_faults
from services.matcher.adapters.written_label import WrittenLabel, split_label
from services.matcher.domain.backtest.score import Label, LabelledReport, NewsVerdict


def read_labelled(lines: Iterable[bytes]) -> Iterator[LabelledReport | NewsVerdict | BadLine]:
    """The report of each line, or what is wrong with it; empty lines are skipped.

    Besides the keys of a label, a line has those of an event, read as `read_events` does. With an
    `id` alone it is the verdict on the news item of that id.
    """
    for number, body in read_objects(lines):
        yield body if isinstance(body, BadLine) else _read_report(number, body)


def _read_report(number: int, body: dict[str, Any]) -> LabelledReport | NewsVerdict | BadLine:
    written, body = split_label(body)
    try:
        label = _make_label(WrittenLabel.model_validate(written))
    except ValidationError as error:
        return BadLine(number, "; ".join([describe_faults(error), *_find_misspelled(body)]))
    if body.keys() == {"id"}:
        return NewsVerdict(number, str(body["id"]), label)
    event = complete_event(number, body)
    return LabelledReport(number, event, label) if isinstance(event, Event) else event


def _find_misspelled(body: dict[str, Any]) -> Iterator[str]:
    """The keys that no event has and that are like one of a label."""
    for key in body.keys() - Event.model_fields.keys():
        hint = suggest_name(key, WrittenLabel.model_fields)
        if hint:
            yield f"{key}: there is no such key ({hint})"


def _make_label(written: WrittenLabel) -> Label:
    return Label(frozenset(written.expect), frozenset(written.allow))
