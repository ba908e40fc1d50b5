"""Alertmanager's documented rules of silences, and ours beside them, as tables."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifier.domain.watch.refusals import (
    ActRefused,
    ChangedMeanwhile,
    InvalidAct,
    NotAllowed,
)
from services.notifier.domain.watch.silences.approval import needs_approval
from services.notifier.domain.watch.silences.lifecycle import (
    SilenceState,
    amend_silence,
    approve_silence,
    create_silence,
    expire_silence,
    find_state,
    parse_filter,
)
from tests.notifier.alerts import NOON, SECOND
from tests.notifier.watch.people import ALICE, BOB, CHIEF, HIGH, HOUR, MINUTE, request, silence

DAY = timedelta(days=1)
CRITICAL = ('level="critical"',)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOON - SECOND, SilenceState.PENDING),
        (NOON, SilenceState.ACTIVE),
        (NOON + HOUR - SECOND, SilenceState.ACTIVE),
        (NOON + HOUR, SilenceState.EXPIRED),
    ],
    ids=["before", "at its beginning", "to its end", "at its end"],
)
def test_a_silence_is_active_from_its_beginning_to_before_its_end(
    now: datetime, state: SilenceState
) -> None:
    assert find_state(silence(), now) is state


def test_a_silence_that_would_have_begun_begins_now() -> None:
    made = create_silence(request(starts_at=NOON - HOUR), "s1", ALICE, NOON)

    assert (made.starts_at, made.ends_at, made.owner) == (NOON, NOON + HOUR, "alice")
    assert made.serial == 1


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no matcher": ({"matchers": []}, "matchers", "would hide everything"),
    "one that holds for nothing": ({"matchers": ['pack=~".*"']}, "matchers", "hide everything"),
    "an empty value": ({"matchers": ['group_place=""']}, "matchers", "hide everything"),
    "no such label": ({"matchers": ['colour="red"']}, "matchers", "no alert has a label colour"),
    "no matcher at all": ({"matchers": ["level high"]}, "matchers", "is no matcher"),
    "a broken expression": ({"matchers": ['pack=~"("']}, "matchers", "no regular expression"),
    "too many": ({"matchers": [HIGH] * 17}, "matchers", "more than 16"),
    "no reason": ({"reason": " \n"}, "reason", "say why"),
    "a long reason": ({"reason": "x" * 501}, "reason", "longer than 500"),
    "an end in the past": ({"ends_at": NOON}, "ends_at", "in the past"),
    "an end at its beginning": ({"starts_at": NOON + HOUR}, "ends_at", "not after starts_at"),
    "an end past the ledger": (
        {"ends_at": NOON + 30 * DAY + SECOND},
        "ends_at",
        "more than 30 days ahead",
    ),
}


@pytest.mark.parametrize(("changes", "field", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_makes_no_sense_is_refused_with_its_field(
    changes: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(InvalidAct, match=message) as refused:
        create_silence(request(**changes), "s1", ALICE, NOON)

    assert refused.value.field == field


def test_the_longest_silence_ends_with_the_ledgers_retention() -> None:
    made = create_silence(request(ends_at=NOON + 30 * DAY), "s1", ALICE, NOON)

    assert made.ends_at == NOON + 30 * DAY


def test_all_but_something_may_be_silenced() -> None:
    made = create_silence(request(matchers=['level!="critical"']), "s1", ALICE, NOON)

    assert made.matchers == ('level!="critical"',)


def test_a_filter_may_hold_for_everything() -> None:
    assert len(parse_filter(['pack!="a"'])) == 1
    assert parse_filter([]) == ()


LATER = NOON + 10 * MINUTE
PENDING = {"starts_at": NOON + 30 * MINUTE}
AMENDMENTS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "a later end of an active one": ({}, {"ends_at": NOON + 2 * HOUR}, True),
    "an earlier end of an active one": ({}, {"ends_at": LATER + MINUTE}, True),
    "another reason": ({}, {"reason": "longer works"}, True),
    "the same beginning of an active one": ({}, {"starts_at": NOON}, True),
    "another beginning of an active one": ({}, {"starts_at": LATER}, False),
    "other matchers": ({}, {"matchers": ['level="low"']}, False),
    "the same matchers in other words": ({}, {"matchers": ["{level=high}"]}, True),
    "an earlier beginning of a pending one": (PENDING, {"starts_at": LATER}, True),
    "a past beginning of a pending one": (PENDING, {"starts_at": LATER - SECOND}, False),
    "an expired one": ({"ends_at": NOON + MINUTE}, {}, False),
}


@pytest.mark.parametrize(
    ("before", "changes", "is_same"), AMENDMENTS.values(), ids=AMENDMENTS.keys()
)
def test_an_amendment_changes_a_silence_or_takes_a_new_one(
    before: dict[str, Any], changes: dict[str, Any], is_same: bool
) -> None:
    amended = amend_silence(silence(**before), request(**changes), ALICE, LATER)

    assert (amended is not None) is is_same
    if amended is not None:
        assert (amended.id, amended.serial, amended.amended_by) == ("s1", 2, "alice")


def test_a_silence_is_changed_by_its_owner_or_an_admin() -> None:
    with pytest.raises(NotAllowed, match="alice's"):
        amend_silence(silence(), request(), BOB, LATER)
    amended = amend_silence(silence(), request(), CHIEF, LATER)

    assert amended is not None
    assert amended.amended_by == "chief"


def test_anybody_may_end_a_silence_and_once() -> None:
    ended = expire_silence(silence(), BOB, LATER)

    assert (ended.ends_at, ended.ended_by, ended.starts_at) == (LATER, "bob", NOON)
    with pytest.raises(ChangedMeanwhile, match="ended at 2026-11-22 12:10Z"):
        expire_silence(ended, BOB, LATER)


def test_a_pending_silence_that_is_ended_never_begins() -> None:
    ended = expire_silence(silence(**PENDING), ALICE, LATER)

    assert ended.starts_at == ended.ends_at == LATER


NEEDED: dict[str, tuple[dict[str, Any], bool]] = {
    "critical for 30 minutes": ({"matchers": CRITICAL, "ends_at": NOON + 30 * MINUTE}, False),
    "critical for longer": (
        {"matchers": CRITICAL, "ends_at": NOON + 30 * MINUTE + SECOND},
        True,
    ),
    "no level": ({"matchers": ('rule="joint_march"',)}, True),
    "another level": ({"matchers": (HIGH,)}, False),
    "levels by expression": ({"matchers": ('level=~"high|critical"',)}, True),
    "all but critical": ({"matchers": ('level!="critical"', 'pack="a"')}, False),
    "approved": ({"matchers": CRITICAL, "approved_by": "bob"}, False),
}


@pytest.mark.parametrize(("fields", "expected"), NEEDED.values(), ids=NEEDED.keys())
def test_what_hides_critical_alerts_for_long_needs_a_second_person(
    fields: dict[str, Any], expected: bool
) -> None:
    assert needs_approval(silence(**fields)) is expected


@pytest.mark.parametrize(
    "author",
    [
        {"owner": "alice"},
        {"owner": "Alice"},
        {"owner": "slack:U1"},
        {"owner": "bob", "amended_by": "alice"},
    ],
    ids=["the owner", "in other letters", "at Slack", "who changed it"],
)
def test_nobody_approves_what_is_his_own(author: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match="another person"):
        approve_silence(silence(matchers=CRITICAL, **author), ALICE, LATER)


def test_a_second_person_approves() -> None:
    approved = approve_silence(silence(matchers=CRITICAL), BOB, LATER)

    assert (approved.approved_by, approved.serial) == ("bob", 2)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"matchers": (HIGH,)}, InvalidAct),
        ({"matchers": CRITICAL, "ends_at": LATER}, ChangedMeanwhile),
    ],
    ids=["needs none", "has ended"],
)
def test_what_cannot_be_approved_is_refused(fields: dict[str, Any], kind: type[ActRefused]) -> None:
    with pytest.raises(kind):
        approve_silence(silence(**fields), BOB, LATER)


@pytest.mark.parametrize(
    ("changes", "approver"),
    [
        ({"ends_at": NOON + 2 * HOUR}, None),
        ({"ends_at": NOON + 50 * MINUTE}, "bob"),
        ({"reason": "still"}, "bob"),
    ],
    ids=["longer", "shorter", "another reason"],
)
def test_an_approval_is_for_no_longer_than_was_approved(
    changes: dict[str, Any], approver: str | None
) -> None:
    approved = silence(matchers=CRITICAL, approved_by="bob")

    amended = amend_silence(approved, request(matchers=CRITICAL, **changes), ALICE, LATER)

    assert amended is not None
    assert amended.approved_by == approver
