"""How routes group: what a file says, and what it leaves out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.notifier.adapters.routes_file import InvalidRoutes, parse_routes
from services.notifier.domain.routing.duration_syntax import parse_duration
from services.notifier.domain.routing.grouping import (
    ALERTMANAGER_DEFAULTS,
    DigestSchedule,
    Grouping,
)
from services.notifier.domain.routing.schedule import Range
from tests.notifier.alerts import SECOND

MINUTE, HOUR = 60 * SECOND, timedelta(hours=1)
LONDON = ZoneInfo("Europe/London")
MONDAY = (Range(1, 1),)


def parse(text: str) -> Grouping:
    """The grouping of the first route below the top, or of the top."""
    root = parse_routes("r", text.encode(), ("slack", "pagerduty")).root
    return root.routes[0].grouping if root.routes else root.grouping


def test_what_a_file_leaves_out_is_alertmanagers() -> None:
    assert parse("route: {receiver: slack}") == ALERTMANAGER_DEFAULTS
    assert parse("route: {receiver: slack}").labels == ()


def test_a_route_has_its_grouping_from_the_route_above() -> None:
    grouping = parse(
        """
route:
  receiver: slack
  group_by: [rule, group_country]
  group_wait: 10s
  group_interval: 1m30s
  routes:
    - matchers: [level=low]
      repeat_interval: 1d12h
"""
    )

    assert grouping == Grouping(
        ("group_country", "rule"), 10 * SECOND, 90 * SECOND, timedelta(hours=36)
    )


@pytest.mark.parametrize("above", [("[rule]", ("rule",)), ("['...']", None)])
def test_an_empty_group_by_is_that_of_the_route_above(above: tuple[str, Any]) -> None:
    written, labels = above
    below = "routes: [{matchers: [level=low], group_by: []}]"

    assert parse(f"route: {{receiver: slack, group_by: {written}, {below}}}").labels == labels
    assert parse("route: {receiver: slack, group_by: []}").labels == ()


def test_a_critical_alert_waits_only_for_times_that_its_route_itself_names() -> None:
    above = "route: {receiver: slack, group_wait: 1m, routes: [{matchers: [level=low]}]}"

    assert not parse(above).holds_first
    assert parse("route: {receiver: slack, group_wait: 1m}").holds_first
    assert parse("route: {receiver: slack, group_interval: 1m}").holds_changes


def test_three_dots_make_each_alert_a_group() -> None:
    assert parse("route: {receiver: slack, group_by: ['...']}").labels is None


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("group_by: [alertname]", "group_by.0: no alert has a label alertname: write level"),
        ("group_by: ['...', rule]", "group_by: '...' is every label: write no other beside it"),
        ("group_by: [rule, rule]", "group_by: names a label twice"),
        ("group_wait: 5", "group_wait: '5' is no duration: write one such as 30s, 5m or 1h30m"),
        ("group_interval: 0s", "group_interval: no time at all: write one such as 5m"),
        ("repeat_interval: 0", "repeat_interval: no time at all: write one such as 5m"),
        ("digest: {at: '25:00'}", "digest.at: '25:00' is no time of day"),
        ("digest: {at: '24:00'}", "digest.at: 24:00 is no time of a digest: write 00:00"),
        ("digest: {at: '08:00', every: day}", "digest.every: there is no such key"),
    ],
)
def test_a_fault_says_what_to_write(route: str, fault: str) -> None:
    with pytest.raises(InvalidRoutes) as caught:
        parse(f"route:\n  receiver: slack\n  {route}\n")

    assert str(caught.value).startswith(f"r:3: route.{fault}")


@pytest.mark.parametrize("receiver", ["pagerduty", "webhook"])
def test_a_receiver_of_single_alerts_has_no_digest(receiver: str) -> None:
    below = f"{{receiver: {receiver}, digest: {{at: '08:00'}}}}"

    with pytest.raises(InvalidRoutes, match=f"{receiver} gets each alert by itself"):
        parse(f"route: {{receiver: slack, routes: [{below}]}}")


def test_a_rule_of_inhibition_names_its_line() -> None:
    text = b"""route: {receiver: slack}
inhibit_rules:
  - source_matchers: [level=critical]
    target_matchers: [level=~"low|medium"]
    equal: [group_country]
"""
    [rule] = parse_routes("r", text, ("slack",)).inhibit_rules

    assert (rule.place, rule.equal) == ("r:3", ("group_country",))
    assert [*map(str, rule.sources)] == ['level="critical"']


@pytest.mark.parametrize(
    ("written", "length"),
    [("0", timedelta()), ("250ms", SECOND / 4), ("1h30m", 1.5 * HOUR), ("1w2d", 216 * HOUR)],
)
def test_durations_are_prometheus_own(written: str, length: timedelta) -> None:
    assert parse_duration(written) == length


@pytest.mark.parametrize("written", ["", "1", "-5m", "5 m", "30m1h", "1.5h", "99y"])
def test_no_duration_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|longer"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("schedule", "moment", "expected"),
    [
        (DigestSchedule(480), "2026-11-27T07:59Z", "2026-11-27T08:00Z"),
        (DigestSchedule(480), "2026-11-27T08:00Z", "2026-11-28T08:00Z"),
        (DigestSchedule(480, MONDAY), "2026-11-27T07:00Z", "2026-11-30T08:00Z"),
        (DigestSchedule(480, MONDAY), "2026-11-30T08:00Z", "2026-12-07T08:00Z"),
        (DigestSchedule(480, (), LONDON), "2026-07-01T06:30Z", "2026-07-01T07:00Z"),
        (DigestSchedule(30, (), LONDON), "2026-07-01T23:15Z", "2026-07-01T23:30Z"),
        (DigestSchedule(90, (), LONDON), "2026-03-28T12:00Z", "2026-03-29T01:30Z"),
    ],
    ids=["today", "at it", "weekly", "a week later", "summer", "past midnight there", "gap"],
)
def test_a_digest_is_sent_at_its_next_time(
    schedule: DigestSchedule, moment: str, expected: str
) -> None:
    at = schedule.find_next(datetime.fromisoformat(moment))

    assert at == datetime.fromisoformat(expected)
    assert at.tzinfo is UTC
