"""The alerts of a rule that is reset or removed end; those of a rule that is lost are repeated."""

from schemas.alert import Status
from services.matcher.domain.changes.ending import (
    REMOVED,
    RESET,
    end_alerts,
    end_alerts_of_unknown,
    repeat_alerts_of_unknown,
)
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit, retraction
from tests.matcher.course import WindowCourse

THREE = [hit(0), hit(1), hit(2)]
NAME = (RULE.pack, RULE.name)


def test_alerts_of_a_rule_that_is_reset_or_removed_end_with_their_evidence() -> None:
    course = WindowCourse(RULE).take(*THREE)

    for why in (RESET, REMOVED):
        (alert,) = end_alerts(RULE, course.state, NOON + 9 * HOUR, why)

        assert (alert.id, alert.status, alert.revision) == (course.last.id, Status.RESOLVED, 2)
        assert (alert.reason, alert.resolved_at) == (why, NOON + 9 * HOUR)
        assert alert.evidence == course.last.evidence


def test_an_alert_ends_even_if_nobody_knows_its_rule_any_more() -> None:
    course = WindowCourse(RULE).take(*THREE)

    (alert,) = end_alerts_of_unknown(NAME, course.state, NOON, REMOVED)

    assert (alert.id, alert.fingerprint) == (course.last.id, course.last.fingerprint)
    assert (alert.rule.title, alert.level, alert.evidence_count) == ("joint_march", RULE.level, 3)


def test_a_resolved_alert_does_not_end_again() -> None:
    course = WindowCourse(RULE).take(*THREE).tick(NOON + 9 * HOUR)

    assert end_alerts(RULE, course.state, NOON, REMOVED) == ()


def test_an_alert_of_a_rule_that_nobody_knows_is_repeated_as_its_state_has_it() -> None:
    course = WindowCourse(RULE).take(*THREE)

    (alert,) = repeat_alerts_of_unknown(NAME, course.state)

    sent = course.last
    assert (alert.id, alert.revision, alert.status) == (sent.id, 1, Status.FIRING)
    assert (alert.value, alert.level, alert.evidence_count) == (sent.value, sent.level, 3)


def test_a_withdrawn_alert_of_a_rule_that_nobody_knows_is_repeated_as_withdrawn() -> None:
    course = WindowCourse(RULE).take(*THREE, retraction(1))

    (alert,) = repeat_alerts_of_unknown(NAME, course.state)

    assert (alert.status, alert.revision, alert.evidence_count) == (Status.WITHDRAWN, 2, 0)


def test_a_rule_that_comes_back_in_a_later_bundle_gives_its_alerts_other_ids() -> None:
    first = WindowCourse(ALONE).take(hit(0))
    again = WindowCourse(ALONE).publish(ALONE)
    again.offset = -1

    again.take_backfilled(hit(0)).release()

    assert again.last.starts_at == first.last.starts_at
    assert again.last.id != first.last.id
