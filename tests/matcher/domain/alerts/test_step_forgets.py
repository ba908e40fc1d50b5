"""What a step forgets, and what it still counts of hits from before that."""

from dataclasses import replace

from schemas.alert import Status
from schemas.rule import Condition
from services.matcher.domain.alerts.deadline import deadline
from services.matcher.domain.windows.state import WindowState, make_hit
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit, retraction
from tests.matcher.course import WindowCourse


def test_a_state_asks_for_a_tick_when_its_alert_resolves_and_when_it_is_forgotten() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2))
    assert deadline(RULE, course.state) == NOON + 6 * HOUR

    course.tick(NOON + 6 * HOUR)
    assert deadline(RULE, course.state) == NOON + 2 * HOUR + RULE.retention

    course.tick(NOON + 2 * HOUR + RULE.retention)
    assert course.state == WindowState.empty()
    assert deadline(RULE, course.state) is None


def test_a_state_is_forgotten_a_retention_after_the_newest_thing_in_it() -> None:
    later = WindowCourse(RULE).take(retraction(0), hit(10))
    earlier = WindowCourse(RULE).take(hit(0), retraction(10))

    for course in (later, earlier):
        assert deadline(RULE, course.state) == NOON + 10 * HOUR + RULE.retention


def test_an_episode_longer_than_the_memory_keeps_its_start_and_its_count() -> None:
    course = WindowCourse(RULE)

    for hour in range(400):
        course.take(hit(hour)).tick(NOON + hour * HOUR)

    assert course.summaries() == {(NOON + 2 * HOUR, "high", 400)}
    assert len(course.state.hits) <= 100


def test_a_hit_from_before_everything_kept_still_alerts() -> None:
    course = WindowCourse(ALONE).take(hit(0), hit(400)).tick(NOON + 401 * HOUR)
    assert [kept.at for kept in course.state.hits] == [make_hit(hit(400)).at]

    course.take(hit(100, late=300 * HOUR))

    assert course.last.starts_at == NOON + 100 * HOUR
    assert course.last.status is Status.FIRING


def test_a_hit_from_before_everything_kept_joins_the_episode_it_falls_into() -> None:
    course = WindowCourse(replace(ALONE, resolve_after=2 * HOUR))
    for hour in range(400):
        course.take(hit(hour)).tick(NOON + hour * HOUR)

    course.take(hit(100.5, late=300 * HOUR))

    assert course.summaries() == {(NOON, "high", 401)}


def test_a_hit_from_before_everything_kept_counts_in_no_window_that_ends_a_timespan_later() -> None:
    rule = replace(RULE, condition=Condition(lte=1), max_lateness=HOUR)
    course = WindowCourse(rule).take(hit(9), hit(10)).tick(NOON + 18.5 * HOUR)
    assert [kept.at for kept in course.state.hits] == [make_hit(hit(10)).at]

    course.take(hit(6))

    assert course.summaries() == {(NOON + 9 * HOUR, "high", 1), (NOON + 6 * HOUR, "high", 1)}


def test_what_is_settled_stays_settled_while_the_clock_forgets_less() -> None:
    rule = replace(RULE, condition=Condition(gte=1), max_hits=2)
    course = WindowCourse(rule).take(hit(10), hit(11), hit(12), hit(13)).tick(NOON + 85 * HOUR)

    course.take(hit(4)).tick(NOON + 85 * HOUR).take(hit(13))

    assert course.summaries() == {(NOON + 4 * HOUR, "high", 1), (NOON + 10 * HOUR, "high", 4)}


def test_an_alert_that_fires_is_not_forgotten_before_a_tick_has_resolved_it() -> None:
    course = WindowCourse(ALONE).tick(NOON + 500 * HOUR)

    course.take(hit(0, late=500 * HOUR), hit(1, late=500 * HOUR))

    assert course.summaries() == {(NOON, "high", 2)}


def test_late_hits_bring_no_firing_time_again_that_is_settled_already() -> None:
    rule = replace(RULE, condition=Condition(gte=1), resolve_after=HOUR / 60, max_hits=20)
    course = WindowCourse(rule).take(*(hit(1 + number / 10, f"e{number}") for number in range(30)))

    course.take(*(hit(0.5 + number / 100, f"late {number}") for number in range(5)))

    times = [time for run in course.state.runs for time in run.firings]
    assert course.state.settled_until is not None
    assert len(times) == len(set(times))
