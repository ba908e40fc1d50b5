"""Time intervals with the meaning that Alertmanager documents."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.routing.schedule import MuteSchedule


def schedule(interval: str, kind: str = "mute") -> MuteSchedule:
    """The schedule of a route that uses this interval."""
    text = f"""
route:
  receiver: slack
  routes:
    - {kind}_time_intervals: [it]
time_intervals:
  - name: it
    time_intervals: [{interval}]
"""
    return parse_routes("r", text.encode(), ("slack",)).root.routes[0].schedule


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


HOURS = "{times: [{start_time: 09:00, end_time: 17:00}]}"
LAST_DAYS = "{days_of_month: ['-3:-1']}"


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        (HOURS, "2026-11-27T09:00", "2026-11-27T17:00"),
        (HOURS, "2026-11-27T16:59:59", "2026-11-27T08:59:59"),
        ("{times: [{start_time: 22:00, end_time: 24:00}]}", "2026-11-27T23:59", "2026-11-28T00:00"),
        ("{weekdays: ['monday:friday']}", "2026-11-27T12:00", "2026-11-28T12:00"),
        ("{weekdays: [Sunday]}", "2026-11-29T00:00", "2026-11-30T00:00"),
        ("{days_of_month: ['1:5', '20']}", "2026-11-20T00:00", "2026-11-06T00:00"),
        (LAST_DAYS, "2026-02-26T00:00", "2026-02-25T23:59"),
        (LAST_DAYS, "2028-02-29T00:00", "2028-02-26T00:00"),
        ("{days_of_month: ['30:31']}", "2026-11-30T00:00", "2026-02-28T00:00"),
        ("{days_of_month: ['27:-1']}", "2026-11-30T00:00", "2026-11-26T00:00"),
        ("{days_of_month: ['-1']}", "2026-11-30T00:00", "2026-11-29T00:00"),
        ("{months: ['may:august', '12']}", "2026-12-01T00:00", "2026-09-01T00:00"),
        ("{years: ['2025:2026']}", "2026-11-27T00:00", "2027-01-01T00:00"),
        (
            "{location: Asia/Baghdad, times: [{start_time: 09:00, end_time: 17:00}]}",
            "2026-11-27T06:00",
            "2026-11-27T14:00",
        ),
        (
            "{location: Australia/Sydney, weekdays: [saturday]}",
            "2026-11-27T13:00",
            "2026-11-28T13:00",
        ),
        ("{weekdays: [friday], months: [november]}", "2026-11-27T12:00", "2026-10-28T12:00"),
    ],
)
def test_an_interval_holds_where_all_of_its_conditions_do(
    interval: str, inside: str, outside: str
) -> None:
    muted, active = schedule(interval), schedule(interval, "active")

    assert (muted.is_muted(at(inside)), muted.is_muted(at(outside))) == (True, False)
    assert (active.is_muted(at(inside)), active.is_muted(at(outside))) == (False, True)


def test_a_mute_ends_with_its_interval() -> None:
    night = schedule(
        "{times: [{start_time: 22:00, end_time: 24:00}]}, "
        "{times: [{start_time: 00:00, end_time: 06:00}]}"
    )

    assert night.find_end(at("2026-11-27T22:30")) == at("2026-11-28T06:00")
    assert night.find_end(at("2026-11-28T06:00")) is None


def test_where_a_route_is_active_its_mute_ends_when_that_begins() -> None:
    week = schedule(
        "{weekdays: ['monday:friday'], times: [{start_time: 07:00, end_time: 19:00}],"
        " location: Europe/London}",
        "active",
    )

    assert week.find_end(at("2026-11-27T19:00")) == at("2026-11-30T07:00")
    assert week.find_end(at("2026-06-05T18:00")) == at("2026-06-08T06:00")


def test_the_end_of_a_mute_follows_the_change_of_clocks() -> None:
    early = schedule("{location: Europe/London, times: [{start_time: 00:00, end_time: 02:00}]}")

    assert early.find_end(at("2026-03-29T00:30")) == at("2026-03-29T01:00")
    assert early.find_end(at("2026-10-25T00:30")) == at("2026-10-25T02:00")


def test_an_end_is_looked_for_as_far_as_is_asked() -> None:
    night = schedule("{times: [{start_time: 22:00, end_time: 24:00}]}")
    late, quarter = at("2026-11-27T23:30"), timedelta(minutes=15)

    assert night.find_end(late, quarter) == late + quarter
    assert night.find_end(late, 2 * quarter) == at("2026-11-28T00:00")
    assert night.find_end(late, 3 * quarter) == at("2026-11-28T00:00")


def test_a_mute_without_an_end_is_looked_at_again() -> None:
    always = schedule("{years: ['2000:3000']}")

    end = always.find_end(at("2026-11-27T12:00"))

    assert end is not None
    assert end - at("2026-11-27T12:00") > timedelta(days=300)
