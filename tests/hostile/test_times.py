"""A number is no time: read as seconds since 1970 it made a report late in silence."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.event import Event
from schemas.hypothesis import parse_observed_at
from schemas.model import Instant
from services.matcher.adapters.event_file import BadLine, read_events
from tests.ingest.builders import context, errors_of, normalized, report

FORM = "write a date and time with its offset: 2020-01-05T12:00:00Z"
NUMBERS: list[Any] = [20261126, 0, -1, 1.5, 10**20, True, "20261126", "2020", "0", "-1", "1.5", ""]
HALF_WRITTEN = ["2020-01-05", "2020-01-05T12:00", "2020-01-05T12:00:00+99:00", "2020-13-05T12:00Z"]
NO_TIMES = [*NUMBERS, *HALF_WRITTEN]
TIMES = ["occurred_at", "occurred_until", "published_at"]
INSTANT: TypeAdapter[Any] = TypeAdapter(Instant)


@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
@pytest.mark.parametrize("field", TIMES)
def test_a_report_is_refused_with_the_field_and_the_form(field: str, value: Any) -> None:
    assert errors_of(report(**{field: value})) == {field: FORM}


@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_so_is_the_time_of_recording_on_the_recorded_clock(value: Any) -> None:
    assert errors_of(report(recorded_at=value), context(recorded=True)) == {"recorded_at": FORM}


@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_so_is_a_line_of_a_file(value: Any) -> None:
    line = json.dumps(report(occurred_at=value)).encode()

    (bad,) = read_events([line])

    assert isinstance(bad, BadLine)
    assert f"occurred_at: {FORM}" in bad.message


@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_so_is_an_event_in_a_topic_and_every_other_time(value: Any) -> None:
    body = report(source="a", occurred_at=value)

    with pytest.raises(ValidationError, match=FORM):
        Event.model_validate_json(json.dumps(body))
    with pytest.raises(ValidationError, match=FORM):
        INSTANT.validate_json(json.dumps(value))
    with pytest.raises(ValidationError, match=FORM):
        INSTANT.validate_python(value)


@pytest.mark.parametrize("text", ["20200104", "2020", "1578135600", "0"])
def test_so_is_evidence_of_a_hypothesis(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        parse_observed_at(text)


@pytest.mark.parametrize(
    "text",
    ["2020-01-05T11:00:00Z", "2020-01-05 14:00:00+03:00", "2020-01-05T14:00+0300"],
)
def test_times_with_their_offset_are_taken_as_before(text: str) -> None:
    assert (
        str(normalized(report(occurred_at=text)).event.occurred_at) == "2020-01-05 11:00:00+00:00"
    )
