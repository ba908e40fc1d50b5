"""An alert keeps its words when the reports that it was about are gone."""

from dataclasses import replace

import pytest

from schemas.alert import Status
from schemas.bundle import OnChange
from schemas.signal import Signal
from services.matcher.domain.alerts.kept_words import MOST_WORDS
from tests.matcher.builders import ALONE, HOUR, NOON, hit, retraction
from tests.matcher.course import WindowCourse

SPEAKING = replace(ALONE, summary="{{ words }} at {{ place }}", action="Call {{ place }}.")


def at_taji(hours: float) -> Signal:
    fields = {"words": f"Rockets {hours:g}", "place": "Taji"}
    return hit(hours).model_copy(update={"fields": fields})


def words(course: WindowCourse) -> tuple[str, str | None]:
    return course.last.summary, course.last.action


SAID = ("Rockets 0 at Taji", "Call Taji.")


def test_a_withdrawn_alert_says_what_it_said_last() -> None:
    course = WindowCourse(SPEAKING).take(at_taji(0), retraction(0))

    assert course.last.status is Status.WITHDRAWN
    assert words(course) == SAID


def test_so_does_its_repeat_after_a_restart() -> None:
    course = WindowCourse(SPEAKING).take(at_taji(0), retraction(0)).restore()
    course.offset -= 1

    course.take(retraction(0))

    assert (course.last.status, words(course)) == (Status.WITHDRAWN, SAID)


def test_an_alert_withdrawn_as_merged_says_what_it_said_last() -> None:
    course = WindowCourse(SPEAKING).take(at_taji(0), at_taji(40), at_taji(20))

    merged = next(alert for alert in course.final if alert.status is Status.WITHDRAWN)
    assert merged.summary == "Rockets 40 at Taji"


@pytest.mark.parametrize("known", [True, False], ids=["known rule", "forgotten rule"])
def test_an_alert_that_a_changed_rule_withdraws_says_what_it_said(*, known: bool) -> None:
    course = WindowCourse(SPEAKING).take(at_taji(0))

    course.publish(SPEAKING, known=known).release()

    expected = SAID if known else (SPEAKING.title, None)
    assert (course.last.status, words(course)) == (Status.WITHDRAWN, expected)


def test_an_alert_that_is_older_than_the_backfill_resolves_with_its_words() -> None:
    course = WindowCourse(SPEAKING).take(at_taji(0)).tick(NOON + 23 * HOUR)
    course.generation = replace(course.generation, changed_at=NOON + 500 * HOUR)

    course.publish(SPEAKING, OnChange.REBUILD).release().tick(NOON + 25 * HOUR)

    assert (course.last.status, words(course)) == (Status.WITHDRAWN, SAID)


def test_words_that_were_kept_make_no_revision_when_the_reports_come_again() -> None:
    course = WindowCourse(SPEAKING).take(at_taji(0)).publish(SPEAKING)

    course.take_backfilled(at_taji(0)).release()

    assert course.last.revision == 1
    assert course.state.announced[0].words is None


def test_a_key_keeps_the_words_of_the_alerts_that_ended_last() -> None:
    course = WindowCourse(SPEAKING)
    for number in range(MOST_WORDS + 3):
        course.clock = NOON + number * HOUR
        course.take(at_taji(number), retraction(number))

    kept = [alert.words is not None for alert in course.state.announced]
    assert kept == [False] * (len(kept) - MOST_WORDS) + [True] * MOST_WORDS
