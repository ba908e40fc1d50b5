"""Announcing: which alert an episode has after its hits change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.alert import Status
from schemas.signal import Signal
from services.matcher.domain.alerts.announce import GONE
from tests.matcher.builders import ALONE, HOUR, NEW, NOON, RULE, hit, retraction
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


def test_an_alert_is_late_if_its_episode_was_over_when_it_was_announced() -> None:
    before = WindowCourse(RULE).tick(NOON + 5.999 * HOUR).take(hit(0), hit(1), hit(2))
    after = WindowCourse(RULE).tick(NOON + 6 * HOUR).take(hit(0), hit(1), hit(2))

    assert not before.last.late
    assert after.last.late


def test_an_alert_is_late_if_any_of_its_reports_was_recorded_later_than_allowed() -> None:
    just, late = hit(1, late=ALONE.max_lateness), hit(2, late=ALONE.max_lateness + HOUR)
    in_time = WindowCourse(ALONE).publish(ALONE).take_backfilled(hit(0), just).release()
    too_late = WindowCourse(ALONE).publish(ALONE).take_backfilled(hit(0), late).release()

    assert not in_time.last.late
    assert too_late.last.late


def test_an_episode_that_comes_back_is_another_alert() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2), retraction(1), hit(1.5))

    gone, back = course.final
    assert gone.starts_at == back.starts_at
    assert gone.id != back.id
