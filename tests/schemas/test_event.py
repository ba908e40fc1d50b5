"""What an event may be, and who it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.event import Event, choose_recorded_at, complete_report, hash_content
from tests.schemas.builders import NOON, body, event, faults

KIB = 1024


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("source", "two words"),
        ("source", "x" * 1025),
        ("reliability", "G"),
        ("credibility", 0),
        ("credibility", 7),
        ("occurred_at", "2020-01-10T12:00:00"),
        ("occurred_at", "yesterday"),
        ("occurred_at", "0999-12-31T23:59:59Z"),
        ("published_at", "9001-01-01T00:00:00Z"),
        ("text", "x" * (64 * KIB + 1)),
        ("text", "é" * (32 * KIB + 1)),
        ("text", "bell \x07"),
        ("title", "escape \x1b[31m"),
        ("actors", ["a"] * 257),
        ("actors", [""]),
        ("country", "iq"),
        ("country", "IRQ"),
        ("lat", 90.1),
        ("lon", -180.1),
        ("quantities", {"fatalities": "many"}),
        ("quantities", {"fatalities": float("inf")}),
        ("quantities", {str(n): 1.0 for n in range(257)}),
        ("attributes", {"nested": {"a": "b"}}),
    ],
    ids=str,
)
def test_a_field_past_its_bound_is_refused_by_name(field: str, value: Any) -> None:
    refused = faults(Event, body(**{field: value}))

    assert {path.split(".")[0] for path in refused} == {field}


def test_an_unknown_field_is_refused_by_name_where_strangers_report() -> None:
    with pytest.raises(ValidationError, match="mood\n  Extra inputs are not permitted"):
        Event.model_validate(body(mood="grim"), extra="forbid")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "x" * 1024),
        ("text", "x" * 64 * KIB),
        ("text", "é" * 32 * KIB),
        ("text", "two\nlines\tand a tab"),
        ("actors", ["a"] * 256),
        ("lat", -90),
        ("lon", 180),
        ("credibility", 6),
        ("attributes", {"tags": ["a", "b"], "note": "c"}),
    ],
    ids=str,
)
def test_a_field_at_its_bound_is_accepted(field: str, value: Any) -> None:
    assert faults(Event, body(**{field: value})) == {}


def test_an_event_without_title_or_text_is_refused_by_name() -> None:
    assert "title or text" in faults(Event, body(text=None))[""]


def test_a_title_alone_is_enough() -> None:
    assert faults(Event, body(text=None, title="words")) == {}


def test_a_retraction_needs_no_words() -> None:
    assert faults(Event, body(text=None, retracts="0")) == {}


def test_an_interval_that_ends_before_it_starts_is_refused_by_name() -> None:
    assert "occurred_until" in faults(Event, body(occurred_until="2020-01-10T11:59:59Z"))[""]


def test_an_event_may_be_five_minutes_ahead_of_its_recording() -> None:
    assert faults(Event, body(recorded_at="2020-01-10T11:55:00Z")) == {}


def test_an_event_further_ahead_of_its_recording_is_refused_by_name() -> None:
    assert "occurred_at" in faults(Event, body(recorded_at="2020-01-10T11:54:59Z"))[""]


def test_an_event_is_learned_of_when_it_is_recorded_else_when_it_happens() -> None:
    at = datetime(2020, 1, 14, 12, tzinfo=UTC)
    later = at + timedelta(hours=1)

    assert event(occurred_at=at, recorded_at=later).learned_at == later
    assert event(occurred_at=at, recorded_at=None).learned_at == at


def test_times_are_kept_as_utc() -> None:
    assert event(occurred_at="2020-01-10T15:00:00+03:00").occurred_at.isoformat() == NOON


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        event().text = "other words"  # type: ignore[misc]  # what must not be possible


def test_identity_tells_sources_apart_that_share_an_id() -> None:
    assert event(source="a", id="b c").identity != event(source="a", id="b").identity
    assert event(source="a").identity != event(source="b").identity


def test_a_story_is_the_event_itself_until_something_clusters_it() -> None:
    assert event().cluster == event().identity
    assert event(story="s1").cluster == "s1"


@pytest.mark.parametrize("how", ["supersedes", "retracts"])
def test_a_correction_has_the_key_of_what_it_corrects(how: str) -> None:
    assert event(id="2", **{how: "1"}).key == event(id="1").key


@pytest.mark.parametrize("how", ["supersedes", "retracts"])
def test_a_correction_of_its_own_id_is_refused_by_name(how: str) -> None:
    assert f"{how}: its own id" in faults(Event, body(id="1", **{how: "1"}))[""]


def test_a_report_cannot_both_supersede_and_retract() -> None:
    assert "retracts: " in faults(Event, body(id="3", supersedes="1", retracts="2"))[""]


def test_a_correction_has_an_identity_of_its_own() -> None:
    assert event(id="2", supersedes="1").identity != event(id="1").identity


def test_an_event_survives_the_wire() -> None:
    sent = event(actors=["Badr"], attributes={"tags": ["a"]}, supersedes="0")

    assert Event.model_validate_json(sent.model_dump_json(exclude_defaults=True)) == sent


def test_completing_gives_the_same_content_the_same_id() -> None:
    report = {"source": "wire", "text": "words"}

    first, second = (
        complete_report(report, NOON),
        complete_report(dict(reversed(report.items())), "later"),
    )

    assert first["id"] == second["id"] == hash_content(report)
    assert complete_report(report | {"text": "others"}, NOON)["id"] != first["id"]


def test_completing_keeps_the_id_and_the_time_that_are_given() -> None:
    full = complete_report(body(), "2020-01-11T00:00:00Z")

    assert (full["id"], full["occurred_at"]) == ("1", NOON)
    assert full["recorded_at"] == "2020-01-11T00:00:00Z"


def test_an_absent_time_is_when_it_was_published_else_recorded() -> None:
    published = complete_report({"text": "words", "published_at": "p"}, "r")
    neither = complete_report({"text": "words"}, "r")

    assert (published["occurred_at"], neither["occurred_at"]) == ("p", "r")


def test_completing_leaves_the_given_body_alone() -> None:
    given = {"text": "words"}

    complete_report(given, NOON)

    assert given == {"text": "words"}


def test_a_replay_keeps_the_recording_it_is_given_else_the_time_of_the_event() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert choose_recorded_at({"recorded_at": "r", "occurred_at": "o"}, now) == "r"
    assert choose_recorded_at({"occurred_at": "o", "published_at": "p"}, now) == "o"
    assert choose_recorded_at({}, now) == now
