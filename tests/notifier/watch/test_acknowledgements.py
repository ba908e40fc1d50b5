from datetime import datetime
from typing import Any

import pytest

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert, Level, Status
from services.notifier.domain.watch.acknowledgements import (
    AcknowledgementRequest,
    acknowledge_alert,
    holds,
    take_back,
)
from services.notifier.domain.watch.refusals import ChangedMeanwhile, InvalidAct, NotAllowed
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.watch.people import ALICE, BOB, CHIEF, HOUR

USUAL = AcknowledgementRequest()


def acknowledged(of: Alert | None = None, **changes: Any) -> Acknowledgement:
    return acknowledge_alert(of or alert(), ALICE, AcknowledgementRequest(**changes), None, NOON)


def test_an_acknowledgement_has_an_owner_and_ends_after_four_hours() -> None:
    known = acknowledged(comment="on it")

    assert (known.owner, known.ends_at, known.comment) == ("alice", NOON + 4 * HOUR, "on it")
    assert (known.alert, known.level, known.serial) == ("a1", Level.HIGH, 1)


@pytest.mark.parametrize("ends_at", [NOON, NOON + 24 * HOUR + SECOND], ids=["past", "too far"])
def test_its_end_lies_within_a_day(ends_at: datetime) -> None:
    with pytest.raises(InvalidAct, match="next 24 hours") as refused:
        acknowledged(ends_at=ends_at)

    assert refused.value.field == "ends_at"


def test_another_person_takes_over() -> None:
    second = acknowledge_alert(alert(), BOB, USUAL, acknowledged(), NOON + HOUR)

    assert (second.owner, second.serial) == ("bob", 2)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WITHDRAWN])
def test_an_ended_alert_needs_nobody(status: Status) -> None:
    with pytest.raises(ChangedMeanwhile, match=str(status)):
        acknowledged(alert(status=status))


HOLDS: dict[str, tuple[dict[str, Any], datetime, bool]] = {
    "as it was": ({}, NOON, True),
    "with more evidence": ({"evidence_count": 9}, NOON, True),
    "a lower level": ({"level": Level.LOW}, NOON, True),
    "a higher level": ({"level": Level.CRITICAL}, NOON, False),
    "a new hypothesis": ({"hypotheses": ("campaign", "pressure")}, NOON, False),
    "a hypothesis less": ({"hypotheses": ()}, NOON, True),
    "resolved": ({"status": Status.RESOLVED}, NOON, False),
    "withdrawn": ({"status": Status.WITHDRAWN}, NOON, False),
    "to its end": ({}, NOON + 4 * HOUR - SECOND, True),
    "at its end": ({}, NOON + 4 * HOUR, False),
}


@pytest.mark.parametrize(("changes", "now", "expected"), HOLDS.values(), ids=HOLDS.keys())
def test_an_acknowledgement_holds_for_what_was_acknowledged(
    changes: dict[str, Any], now: datetime, expected: bool
) -> None:
    known = acknowledged(alert(hypotheses=("campaign",)))

    assert holds(known, alert(revision=2, **({"hypotheses": ("campaign",)} | changes)), now) is (
        expected
    )


def test_nobody_holds_what_nobody_acknowledged() -> None:
    assert not holds(None, alert(), NOON)


def test_the_owner_or_an_admin_takes_it_back() -> None:
    for person in (ALICE, CHIEF):
        back = take_back(acknowledged(), person, NOON + SECOND)
        assert (back.ends_at, back.ended_by, back.serial) == (NOON + SECOND, person.name, 2)
    with pytest.raises(NotAllowed, match="alice's"):
        take_back(acknowledged(), BOB, NOON + SECOND)


def test_what_has_ended_cannot_be_taken_back() -> None:
    with pytest.raises(ChangedMeanwhile):
        take_back(acknowledged(), ALICE, NOON + 4 * HOUR)
