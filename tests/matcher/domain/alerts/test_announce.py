"""Announcing: which alert an episode has after its hits change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.alert import Status
from schemas.signal import Signal
from services.matcher.domain.alerts.announce import GONE
from tests.matcher.builders import ALONE, AWAITED, HOUR, NEW, NOON, RULE, hit, of, retraction
from tests.matcher.course import WindowCourse

LONG_AGO = NOON - 1000 * HOUR
BEFORE = ((hit(20),), hit(10))
BEHIND = ((hit(10), hit(20)), retraction(10))


def moved(
    resolve_after: timedelta, known: tuple[Signal, ...], message: Signal
) -> list[tuple[Status, str | None]]:
    """Statuses and reasons after a message whose episode, ten hours off, shares no evidence."""
    rule = replace(NEW, resolve_after=resolve_after)
    course = WindowCourse(rule, since=LONG_AGO).take(*known, message)
    return [(alert.status, alert.reason) for alert in course.final]


@pytest.mark.parametrize(("known", "message"), [BEFORE, BEHIND], ids=["before", "behind"])
def test_an_alert_stays_with_an_episode_within_resolve_after_on_either_side(
    known: tuple[Signal, ...], message: Signal
) -> None:
    near = moved(10 * HOUR, known, message)
    far = moved(9.999 * HOUR, known, message)

    assert near == [(Status.FIRING, None)]
    assert far == [(Status.WITHDRAWN, GONE), (Status.FIRING, None)]


def test_an_alert_is_late_if_its_episode_was_over_before_its_last_report_was_recorded() -> None:
    known, resolve_after = (hit(0), hit(1)), RULE.resolve_after
    just = WindowCourse(RULE).take(*known, hit(2, late=resolve_after))
    late = WindowCourse(RULE).take(*known, hit(2, late=resolve_after + HOUR))

    assert not just.last.late
    assert late.last.late


def test_neither_the_clock_nor_another_report_makes_an_alert_late() -> None:
    lagging = WindowCourse(RULE).tick(NOON + 70 * HOUR).take(hit(0), hit(1), hit(2))
    leading = WindowCourse(ALONE).tick(LONG_AGO).take(hit(0, late=48 * HOUR))

    assert not lagging.last.late
    assert leading.last.late


def test_an_alert_is_late_if_any_of_its_reports_was_recorded_later_than_allowed() -> None:
    rule = replace(ALONE, resolve_after=100 * HOUR)
    just, late = hit(1, late=rule.max_lateness), hit(1, late=rule.max_lateness + HOUR)

    assert not WindowCourse(rule).take(just).last.late
    assert WindowCourse(rule).take(late).last.late


def test_an_absence_found_by_a_tick_long_after_is_not_late() -> None:
    course = WindowCourse(AWAITED).take(of("threat", hit(0))).tick(NOON + 1000 * HOUR)

    assert not course.alerts[0].late


def test_an_episode_that_comes_back_is_another_alert() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2), retraction(1), hit(1.5))

    gone, back = course.final
    assert gone.starts_at == back.starts_at
    assert gone.id != back.id
