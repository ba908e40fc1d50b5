"""Duty alerts: alerts about Vedette itself, and how they are recognised."""

from dataclasses import replace
from datetime import timedelta

from schemas.alert import Level, Status
from schemas.duty import is_duty, is_own, is_watchdog
from services.matcher.domain.duty.alert import Duty, DutyText, fire_duty_alert, resolve_duty_alert
from tests.matcher.builders import HOUR, NOON

DUTY = Duty("source_silent", "A source is silent", {"source": "reuters"})
TEXT = DutyText("reuters is silent", "A report is expected every hour, none for 5 h.")
END_TEXT = DutyText("reuters speaks again", "It was silent for 6 h.")
LATER = NOON + 6 * HOUR


def test_the_same_duty_at_the_same_time_is_the_same_alert() -> None:
    first = fire_duty_alert(DUTY, TEXT, NOON, NOON)

    assert fire_duty_alert(DUTY, TEXT, NOON, LATER).id == first.id
    assert fire_duty_alert(DUTY, TEXT, NOON, NOON, serial=1).id != first.id
    assert fire_duty_alert(DUTY, TEXT, LATER, LATER).id != first.id
    other = replace(DUTY, group={"source": "afp"})
    assert fire_duty_alert(other, TEXT, NOON, NOON).fingerprint != first.fingerprint


def test_it_is_a_duty_alert_and_pages_nobody() -> None:
    alert = fire_duty_alert(DUTY, TEXT, NOON, NOON)

    assert is_duty(alert)
    assert not is_watchdog(alert)
    assert alert.level is alert.rule.level is Level.MEDIUM
    assert alert.group == {"source": "reuters"}


def test_its_end_is_a_revision_of_it() -> None:
    alert = fire_duty_alert(DUTY, TEXT, NOON, NOON)

    resolved = resolve_duty_alert(alert, END_TEXT, LATER, LATER + timedelta(seconds=2))

    assert (resolved.id, resolved.revision, resolved.status) == (alert.id, 2, Status.RESOLVED)
    assert resolved.resolved_at == LATER
    assert resolved.summary == END_TEXT.summary


def test_vedettes_own_events_are_recognised_by_their_source() -> None:
    assert is_own("vedette")
    assert is_own("vedette:watchdog")
    assert not is_own("vedettes")
