"""How far back the past is read to explain a window."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from schemas.event import Event
from services.matcher.domain.review.explain_rule import (
    RuleExplanation,
    explain_rule,
    find_reach,
    select_past,
)
from tests.matcher.domain.review.reviewed import CAMPAIGN, ROCKETS, review_rules

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
WAVE = """
    title: Campaigns follow each other
    name: wave
    correlation:
      type: event_count
      rules: [campaign]
      timespan: 10d
      condition: {gte: 2}
    level: critical
"""
RULES = review_rules(ROCKETS, CAMPAIGN, WAVE)
KEY = ("test", "campaign")


def rocket(days_ago: float, *, occurred: float | None = None) -> Event:
    at = NOW - days_ago * DAY
    happened = at if occurred is None else NOW - occurred * DAY
    return Event(
        id=f"{days_ago}",
        source="a",
        story=f"{days_ago}",
        place="Taji",
        text="Rockets.",
        occurred_at=happened,
        recorded_at=at,
    )


def explain(events: Sequence[Event], reach: timedelta) -> RuleExplanation:
    return explain_rule(RULES, KEY, events[-1], select_past(events, events[-1], reach))


def test_the_reach_is_of_the_window_its_alerts_and_the_rules_below() -> None:
    rockets = find_reach(RULES.rulebook, ("test", "rockets"))

    assert find_reach(RULES.rulebook, KEY) == rockets + 14 * DAY
    assert find_reach(RULES.rulebook, ("test", "wave")) == rockets + 34 * DAY


def test_what_lies_further_back_than_the_reach_changes_nothing() -> None:
    events = [rocket(days) for days in (40, 39, 20, 13, 6, 0)]
    reach = find_reach(RULES.rulebook, KEY)

    assert explain(events, reach) == explain(events, 100 * DAY)
    assert len(select_past(events, events[-1], reach).events) < len(events)


def test_the_edge_of_the_reach_is_in_it_and_the_rules_watch_since_the_first_report() -> None:
    events = [rocket(5), rocket(2), rocket(0)]

    past = select_past(events, events[-1], 2 * DAY)

    assert [event.id for event in past.events] == ["2", "0"]
    assert past.since == NOW - 5 * DAY


def test_a_late_report_of_old_times_is_read_and_one_recorded_later_is_not() -> None:
    events = [rocket(1, occurred=90), rocket(0), rocket(-1, occurred=0.5)]

    assert [event.id for event in select_past(events, events[1], 2 * DAY).events] == ["1", "0"]
