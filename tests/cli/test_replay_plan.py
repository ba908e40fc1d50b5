import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.faults import CommandFailure
from cli.posting import Line
from cli.replay_plan import (
    ReplayRange,
    find_pauses,
    list_event_lines,
    read_instant,
    read_speed,
    select_lines,
)
from schemas.duty import WATCHDOG_SOURCE
from schemas.event import Event

NOON = datetime(2020, 1, 5, 12, tzinfo=UTC)
ALL = ReplayRange()


def line(at: str | None = None, **fields: Any) -> Line:
    body = {"text": "Rockets"} | ({"recorded_at": f"2020-01-05T{at}:00Z"} if at else {}) | fields
    return Line(1, json.dumps(body).encode())


def times(wanted: ReplayRange, *given: Line) -> list[str | None]:
    selected = select_lines(given, wanted, {})
    return [json.loads(timed.line.raw).get("recorded_at") for timed in selected]


def test_only_the_range_is_posted_with_its_first_and_without_its_last_moment() -> None:
    wanted = ReplayRange(since=NOON, until=NOON.replace(hour=13))

    assert times(wanted, line("11:59"), line("12:00"), line("12:59"), line("13:00")) == [
        "2020-01-05T12:00:00Z",
        "2020-01-05T12:59:00Z",
    ]


def test_what_was_recorded_later_is_not_known_yet() -> None:
    assert times(ReplayRange(as_of=NOON), line("12:00"), line("12:01")) == ["2020-01-05T12:00:00Z"]


def test_an_event_without_a_time_is_in_no_range() -> None:
    assert times(ALL, line()) == [None]
    assert times(ReplayRange(since=NOON), line()) == []


def test_every_event_is_marked_and_what_is_none_stays_as_it_is() -> None:
    claims = {"exercise": True, "reliability": "B"}

    first, second = select_lines([line("12:00", reliability="A"), Line(2, b"{")], ALL, claims)

    assert json.loads(first.line.raw)["exercise"] is True
    assert json.loads(first.line.raw)["reliability"] == "B"
    assert second.line.raw == b"{"


def test_at_60x_an_hour_is_a_minute_and_nothing_goes_back() -> None:
    lines = select_lines([line("12:00"), line("13:00"), line("12:30"), line("13:30")], ALL, {})

    assert [pause for _, pause in find_pauses(lines, 60)] == [0, 60, 0, 30]


@pytest.mark.parametrize(("written", "speed"), [("60x", 60), ("0.5x", 0.5), (" 1x ", 1)])
def test_a_speed_is_a_factor(written: str, speed: float) -> None:
    assert read_speed(written) == speed


@pytest.mark.parametrize("written", ["60", "x", "0x", "-1x", "1e9x", "fast"])
def test_what_is_no_speed_says_how_to_write_one(written: str) -> None:
    with pytest.raises(CommandFailure, match="60x"):
        read_speed(written)


def test_a_time_is_read_or_named() -> None:
    assert read_instant("as-of", "2020-01-05T12:00:00Z") == NOON
    assert read_instant("as-of", None) is None
    with pytest.raises(CommandFailure, match="--as-of 'noon'"):
        read_instant("as-of", "noon")


def test_stored_events_are_posted_without_the_story_that_ingest_gave_them() -> None:
    event = Event(
        id="r1", source="desk", text="Rockets", occurred_at=NOON, recorded_at=NOON, story="s"
    )

    [stored] = list_event_lines([event])

    body = json.loads(stored.raw)
    assert body["id"] == "r1"
    assert "story" not in body


def test_what_vedette_reports_itself_is_not_posted_again() -> None:
    sources = ("desk", WATCHDOG_SOURCE, "wire")
    events = [
        Event(id="r1", source=source, text="Rockets", occurred_at=NOON, recorded_at=NOON)
        for source in sources
    ]

    assert [line.number for line in list_event_lines(events)] == [1, 3]
