"""What Vedette says of itself is an alert like any other, and says so of itself alone."""

from dataclasses import replace
from datetime import timedelta

from schemas.alert import Level, Status
from schemas.duty import is_duty, is_own, is_watchdog
from services.matcher.domain.duty.alert import Duty, DutyText, fire_duty_alert, resolve_duty_alert
from tests.matcher.builders import HOUR, NOON

SILENT = Duty("source_silent", "A source is silent", {"source": "reuters"})
WORDS = DutyText("reuters is silent", "Usually a report every 20 min, none for 5 h.")
OVER = DutyText("reuters speaks again", "It was silent for 6 h.")
LATER = NOON + 6 * HOUR


def test_the_same_matter_at_the_same_time_is_the_same_alert() -> None:
    first = fire_duty_alert(SILENT, WORDS, NOON, NOON)

    assert fire_duty_alert(SILENT, WORDS, NOON, LATER).id == first.id
    assert fire_duty_alert(SILENT, WORDS, NOON, NOON, serial=1).id != first.id
    assert fire_duty_alert(SILENT, WORDS, LATER, LATER).id != first.id
    other = replace(SILENT, group={"source": "afp"})
    assert fire_duty_alert(other, WORDS, NOON, NOON).fingerprint != first.fingerprint


def test_it_is_for_those_on_duty_and_pages_nobody() -> None:
    told = fire_duty_alert(SILENT, WORDS, NOON, NOON)

    assert is_duty(told)
    assert not is_watchdog(told)
    assert told.level is told.rule.level is Level.MEDIUM
    assert told.group == {"source": "reuters"}


def test_its_end_is_a_revision_of_it() -> None:
    told = fire_duty_alert(SILENT, WORDS, NOON, NOON)

    ended = resolve_duty_alert(told, OVER, LATER, LATER + timedelta(seconds=2))

    assert (ended.id, ended.revision, ended.status) == (told.id, 2, Status.RESOLVED)
    assert ended.resolved_at == LATER
    assert ended.summary == OVER.summary


def test_what_is_vedettes_own_is_known_by_its_source() -> None:
    assert is_own("vedette")
    assert is_own("vedette:watchdog")
    assert not is_own("vedettes")
