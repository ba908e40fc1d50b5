"""Release: the alerts of a changed rule once its past is evaluated again."""

from dataclasses import replace

from schemas.alert import Status
from services.matcher.domain.changes.release import CHANGED
from tests.matcher.builders import ALONE, HOUR, hit
from tests.matcher.course import WindowCourse


def test_an_episode_that_an_alert_overlaps_is_not_offered_to_one_that_is_only_near() -> None:
    wider = replace(ALONE, resolve_after=30 * HOUR)
    course = WindowCourse(ALONE).take(hit(0), hit(25))

    course.publish(wider).take_backfilled(hit(25)).release()

    near, overlapping = course.final
    assert (near.status, near.reason) == (Status.WITHDRAWN, CHANGED)
    assert overlapping.status is Status.FIRING
