"""Episodes within the cooldown of a rule are one alert."""

from dataclasses import replace
from datetime import timedelta

from schemas.alert import Status
from schemas.rule import Corroboration
from tests.matcher.builders import ALONE, HOUR, NOON, hit
from tests.matcher.course import WindowCourse

COOLED = replace(ALONE, resolve_after=2 * HOUR, cooldown=5 * HOUR)


def test_an_episode_within_the_cooldown_of_the_last_ones_end_is_the_same_alert() -> None:
    course = WindowCourse(COOLED).take(hit(0)).tick(NOON + 3 * HOUR)
    ended = course.last

    course.take(hit(7))

    assert ended.status is Status.RESOLVED
    assert (course.last.id, course.last.status) == (ended.id, Status.FIRING)
    assert course.summaries() == {(NOON, "high", 2)}


def test_an_episode_after_the_cooldown_is_a_new_alert() -> None:
    course = WindowCourse(COOLED).take(hit(0), hit(7.001))

    assert len(course.final) == 2


def test_a_higher_level_breaks_the_cooldown() -> None:
    rule = replace(COOLED, corroboration=Corroboration(sources=2, within=timedelta(hours=1)))
    course = WindowCourse(rule).take(hit(0), hit(5), hit(5.5, owner="afp"))

    assert course.summaries() == {(NOON, "medium", 1), (NOON + 5 * HOUR, "high", 2)}


def test_a_cooldown_that_goes_on_for_ever_keeps_start_and_count() -> None:
    course = WindowCourse(COOLED)

    for day in range(60):
        course.take(hit(6 * day)).tick(NOON + 6 * day * HOUR)

    assert course.summaries() == {(NOON, "high", 60)}
