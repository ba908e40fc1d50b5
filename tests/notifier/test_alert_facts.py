"""What changed, how sure and how old: the words at the head of a message."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Level, Status
from schemas.duty import DUTY_PACK
from schemas.ledger import Entry
from services.notifier.domain.alert_facts import (
    describe_change,
    describe_sureness,
    describe_time,
    format_age,
)
from services.notifier.domain.entry import adopt_message, record_sent, show_in_hand
from tests.notifier.alerts import NOON, alert, evidence

SHOWN = record_sent(Entry(), alert(uncorroborated=True), "m1", NOON)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": Level.CRITICAL}, "UP from high"),
        ({"level": Level.MEDIUM}, "DOWN from high"),
        ({"uncorroborated": False}, "CONFIRMED"),
        ({"uncorroborated": True}, "MORE EVIDENCE"),
        ({"uncorroborated": True, "late": True}, "UPDATE"),
        ({"status": Status.RESOLVED}, "RESOLVED"),
        ({"status": Status.WITHDRAWN}, "WITHDRAWN"),
    ],
)
def test_a_revision_says_what_it_changes(changes: dict[str, Any], words: str) -> None:
    assert describe_change(SHOWN, alert(revision=2, **changes)) == words


def test_what_is_shown_again_is_no_new_evidence() -> None:
    same = alert(uncorroborated=True)

    assert describe_change(SHOWN, same) == "STILL FIRING"
    assert describe_change(show_in_hand(SHOWN, "alice until 16:00Z"), same) == "IN HAND"


def test_the_first_message_is_new_and_one_over_an_unknown_one_an_update() -> None:
    assert describe_change(Entry(), alert()) == "NEW"
    assert describe_change(adopt_message(Entry(), 1, "m1"), alert(revision=2)) == "UPDATE"


def test_what_was_suspected_is_confirmed_whatever_its_level() -> None:
    shown = record_sent(Entry(), alert(suspected=True, level=Level.MEDIUM), "m1", NOON)

    assert describe_change(shown, alert(revision=2)) == "CONFIRMED"


def test_outlets_of_one_owner_are_one_source_and_the_best_grade_counts() -> None:
    pieces = (
        evidence(1, source="a", source_owner="x", reliability="E", credibility=5),
        evidence(2, source="b", source_owner="x", reliability="C", credibility=3),
        evidence(3, source="c", reliability=None, credibility=None),
    )

    assert describe_sureness(alert(evidence=pieces)) == (
        "2 sources · C3: source fairly reliable, report possibly true"
    )


def test_an_ungraded_report_is_ungraded_in_a_word() -> None:
    piece = evidence(reliability=None, credibility=None)

    assert describe_sureness(alert(evidence=(piece,))) == "1 source · F6: ungraded"


def test_half_a_grade_is_in_words() -> None:
    piece = evidence(reliability=None, credibility=4)

    assert describe_sureness(alert(evidence=(piece,))) == (
        "1 source · F4: source ungraded, report doubtful"
    )


@pytest.mark.parametrize("changes", [{"evidence": ()}, {"pack": DUTY_PACK}], ids=str)
def test_without_reports_nothing_is_said_of_sureness(changes: dict[str, Any]) -> None:
    assert describe_sureness(alert(**changes)) is None


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.9, "happened 11:06Z · learned 12:00Z"),
        (1, "happened 11:00Z · learned 12:00Z · 1 h OLD"),
        (7, "happened 05:00Z · learned 12:00Z · 7 h OLD"),
        (50, "happened 2026-11-20 10:00Z · learned 12:00Z · 2 d OLD"),
    ],
)
def test_a_report_that_came_an_hour_late_is_old(hours: float, words: str) -> None:
    piece = evidence(occurred_at=NOON - hours * HOUR, recorded_at=NOON)

    assert describe_time(alert(evidence=(piece,))) == words


def test_several_reports_have_a_span() -> None:
    pieces = (evidence(1, occurred_at=NOON, recorded_at=NOON), evidence(2, occurred_at=NOON - HOUR))

    assert describe_time(alert(evidence=pieces)) == "happened 11:00Z to 12:00Z · learned 12:00Z"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (1439, "23 h"), (1440, "1 d")]
)
def test_an_age_is_in_its_greatest_unit(minutes: int, words: str) -> None:
    assert format_age(timedelta(minutes=minutes)) == words
