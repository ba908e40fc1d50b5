"""Suspected hits make alerts of their own, until words or a person confirm them."""

from dataclasses import replace

import pytest

from schemas.alert import Alert, Level, Status
from schemas.bundle import OnChange
from schemas.rule import Condition
from schemas.signal import Signal, SignalKind
from schemas.verdict import Judgement
from services.matcher.domain.alerts.announce import MERGED
from services.matcher.domain.alerts.judge import NOISE
from tests.matcher.builders import (
    ALONE,
    AWAITED,
    HOUR,
    NOON,
    RULE,
    fired,
    hit,
    of,
    retraction,
    suspected,
)
from tests.matcher.course import WindowCourse

MEANING = replace(ALONE, means="march", resolve_after=4 * HOUR)
COUNTING = replace(RULE, means="march")


def doubt(hours: float, name: str | None = None, *, means: str = "march") -> Signal:
    return suspected(hit(hours, name)).model_copy(update={"means": means})


def look(alert: Alert) -> tuple[bool, Level, Status, int]:
    return alert.suspected, alert.level, alert.status, alert.evidence_count


def test_a_suspected_hit_alerts_one_level_lower() -> None:
    course = WindowCourse(MEANING).take(doubt(0))

    assert look(course.last) == (True, Level.MEDIUM, Status.FIRING, 1)
    assert course.last.evidence[0].suspicion is not None


def test_the_first_hit_by_words_confirms_the_same_alert() -> None:
    course = WindowCourse(MEANING).take(doubt(0), hit(1))

    (first, second) = course.alerts
    assert first.id == second.id
    assert second.revision == first.revision + 1
    assert look(second) == (False, Level.HIGH, Status.FIRING, 1)
    assert second.starts_at == NOON + HOUR
    assert course.state.suspicion is not None


def test_a_later_delivery_by_words_confirms_the_hit_itself() -> None:
    course = WindowCourse(MEANING).take(doubt(0), hit(0))

    assert len(course.final) == 1
    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 1)
    assert course.state.suspicion is None


def test_what_words_found_is_not_suspected_later() -> None:
    course = WindowCourse(MEANING).take(hit(0), doubt(0), doubt(0.5))

    assert [alert.suspected for alert in course.alerts] == [False]
    assert course.last.evidence_count == 1


def test_suspicion_far_from_what_words_found_is_an_alert_of_its_own() -> None:
    course = WindowCourse(MEANING).take(hit(0), doubt(9))

    assert [alert.suspected for alert in course.not_withdrawn] == [False, True]


def test_suspicion_completes_no_count_but_its_own() -> None:
    course = WindowCourse(COUNTING).take(hit(0), hit(1), doubt(2))
    assert look(course.last) == (True, Level.MEDIUM, Status.FIRING, 3)

    course.take(hit(3))
    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 3)
    assert len(course.final) == 1


def test_suspicion_raises_no_count_above_a_range() -> None:
    few = replace(COUNTING, condition=Condition(gte=1, lt=3))
    course = WindowCourse(few).take(hit(0), hit(1), doubt(0.5), doubt(0.6))

    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 2)
    assert len(course.final) == 1


def test_a_suspected_answer_silences_no_absence() -> None:
    rule = replace(AWAITED, means="march")
    answer = of("denial", doubt(1))
    course = WindowCourse(rule).take(of("threat", hit(0)), answer).tick(NOON + 5 * HOUR)

    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 1)


def test_what_is_suspected_may_wait_in_vain() -> None:
    rule = replace(AWAITED, means="march")
    course = WindowCourse(rule).take(of("threat", doubt(0))).tick(NOON + 5 * HOUR)

    assert look(course.last) == (True, Level.MEDIUM, Status.FIRING, 1)


def test_what_is_suspected_waits_in_vain_also_where_the_clock_leaps() -> None:
    rule = replace(AWAITED, means="march")
    course = WindowCourse(rule).take(of("threat", doubt(0))).tick(NOON + 900 * HOUR)

    assert look(course.last)[:3] == (True, Level.MEDIUM, Status.FIRING)


def test_an_alert_of_suspicion_resolves_by_the_clock_and_is_forgotten() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).tick(NOON + 4 * HOUR)
    assert course.last.status is Status.RESOLVED

    course.tick(NOON + 400 * HOUR)
    assert course.state.is_empty


def test_a_retracted_report_takes_suspicion_with_it() -> None:
    course = WindowCourse(MEANING).take(doubt(0), retraction(0))

    assert course.last.status is Status.WITHDRAWN
    assert WindowCourse(MEANING).take(retraction(0), doubt(0)).alerts == []


def test_when_words_are_retracted_suspicion_is_left_as_another_alert() -> None:
    course = WindowCourse(MEANING).take(doubt(0), hit(1), retraction(1))

    withdrawn, suspicion = course.final
    assert withdrawn.status is Status.WITHDRAWN
    assert look(suspicion) == (True, Level.MEDIUM, Status.FIRING, 1)


def test_suspicion_that_words_come_to_cover_is_merged() -> None:
    course = WindowCourse(MEANING).take(hit(0), doubt(6), hit(3))

    gone = next(alert for alert in course.final if alert.suspected)
    assert (gone.status, gone.reason) == (Status.WITHDRAWN, MERGED)


def test_suspicion_that_goes_on_after_words_is_told_again() -> None:
    course = WindowCourse(MEANING).take(hit(0), *(doubt(hours) for hours in (3, 6, 9)))

    suspicion = course.last
    assert (suspicion.suspected, suspicion.starts_at) == (True, NOON + 6 * HOUR)


def test_a_useful_verdict_confirms_an_alert() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).judge(Judgement.USEFUL)
    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 1)
    assert course.last.revision == 2

    course.take(doubt(1), hit(2))
    assert len(course.final) == 1
    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 1)


def test_a_verdict_given_twice_changes_nothing_more() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).judge(Judgement.USEFUL)
    sent = len(course.alerts)

    course.judge(Judgement.USEFUL)

    assert len(course.alerts) == sent


def test_noise_withdraws_an_alert_and_its_hits_count_no_more() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).judge(Judgement.NOISE)
    assert (course.last.status, course.last.reason) == (Status.WITHDRAWN, NOISE)

    course.take(doubt(0))
    assert len(course.final) == 1

    course.take(hit(0))
    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 1)


@pytest.mark.parametrize("judgement", Judgement)
def test_no_verdict_changes_what_words_found(judgement: Judgement) -> None:
    course = WindowCourse(MEANING).take(doubt(0), hit(1))
    sent = len(course.alerts)

    course.judge(judgement)

    assert len(course.alerts) == sent


def test_a_message_that_comes_again_sends_alerts_of_suspicion_again() -> None:
    course = WindowCourse(MEANING).take(doubt(0))
    course.offset -= 1

    course.take(doubt(0))

    first, again = course.alerts
    assert first == again


def test_a_restart_keeps_suspicion() -> None:
    course = WindowCourse(MEANING).take(doubt(0), doubt(1)).judge(Judgement.NOISE)
    before = course.take(doubt(5), doubt(6)).state

    assert course.restore().state == before


def test_suspicion_outlives_a_rebuild_that_leaves_its_meaning() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).tick(NOON)
    changed = replace(MEANING, title="Another")

    course.publish(changed).take_backfilled(hit(9)).release().take(doubt(1))

    suspicion = next(alert for alert in course.final if alert.suspected)
    assert look(suspicion) == (True, Level.MEDIUM, Status.FIRING, 2)


def test_suspicion_of_another_meaning_ends_with_a_rebuild() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).tick(NOON)
    changed = replace(MEANING, means="other")

    course.publish(changed).release()

    assert course.last.status is Status.WITHDRAWN
    assert course.take(doubt(1)).not_withdrawn == []


def test_a_reset_ends_suspicion() -> None:
    course = WindowCourse(MEANING).take(doubt(0)).publish(MEANING, OnChange.RESET)

    assert course.state.suspicion is None


def test_the_suspected_alert_of_a_base_rule_is_a_suspected_hit() -> None:
    above = replace(COUNTING, condition=Condition(gte=1), counts_alerts=True)
    base = suspected(fired("march_endorsed", 0, 1))
    course = WindowCourse(above).take(base)
    assert look(course.last) == (True, Level.MEDIUM, Status.FIRING, 1)

    course.take(fired("march_endorsed", 1).model_copy(update={"revision": 2}))
    assert look(course.last) == (False, Level.HIGH, Status.FIRING, 1)
    assert len(course.final) == 1


def test_a_suspected_base_alert_that_is_withdrawn_stays_out() -> None:
    above = replace(COUNTING, condition=Condition(gte=1), counts_alerts=True)
    base = suspected(fired("march_endorsed", 0))
    gone = base.model_copy(update={"kind": SignalKind.RETRACTION, "revision": 2})

    course = WindowCourse(above).take(base, gone, base)

    assert course.last.status is Status.WITHDRAWN
    assert course.state.retractions == {}
