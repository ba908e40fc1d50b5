"""What goes first at a receiver."""

import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.entry import begin_sending, drop_message, record_sent
from services.notifier.domain.urgency import Lane, Priority, Urgency, judge_urgency
from tests.notifier.alerts import NOON, alert
from tests.notifier.log_steps import doubted

SHOWN = record_sent(Entry(), alert(), "m1", NOON)


@pytest.mark.parametrize(
    ("level", "priority"),
    [
        (Level.CRITICAL, Priority.CRITICAL),
        (Level.HIGH, Priority.HIGH),
        (Level.MEDIUM, Priority.OTHER),
        (Level.INFORMATIONAL, Priority.OTHER),
    ],
)
def test_a_new_alert_goes_by_its_level(level: Level, priority: Priority) -> None:
    assert judge_urgency(Entry(), alert(level=level)) == Urgency(priority, Lane.POST)


@pytest.mark.parametrize(
    ("newer", "priority"),
    [
        (alert(revision=2, level=Level.CRITICAL), Priority.CRITICAL),
        (alert(revision=2, hypotheses=("mlcoa",)), Priority.HIGH),
        (alert(revision=2, level=Level.MEDIUM), Priority.CHANGE),
        (alert(revision=2, level=Level.MEDIUM, hypotheses=("mlcoa",)), Priority.CHANGE),
        (alert(revision=2, status=Status.RESOLVED), Priority.CHANGE),
        (alert(revision=2, status=Status.WITHDRAWN), Priority.CHANGE),
        (alert(revision=2, evidence_count=9), Priority.EVIDENCE),
    ],
)
def test_what_is_shown_goes_by_what_changes(newer: Alert, priority: Priority) -> None:
    assert judge_urgency(SHOWN, newer) == Urgency(priority, Lane.EDIT)


def test_one_whose_outcome_is_unknown_is_as_urgent_as_a_new_one() -> None:
    assert judge_urgency(doubted(NOON), alert()) == Urgency(Priority.HIGH, Lane.POST)


def test_one_whose_message_was_deleted_is_posted_again() -> None:
    assert judge_urgency(drop_message(SHOWN), alert(revision=2)).lane is Lane.POST


def test_an_edit_in_doubt_stays_an_edit() -> None:
    sending = doubted(NOON).sending
    assert sending is not None
    in_doubt = begin_sending(SHOWN, sending)

    assert judge_urgency(in_doubt, alert(revision=2)).lane is Lane.EDIT
