"""Announcing: which alert an episode has after its hits change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.alert import Status
from schemas.signal import Signal
from services.matcher.domain.alerts.announce import GONE
from tests.matcher.builders import HOUR, NEW, NOON, hit, retraction
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
