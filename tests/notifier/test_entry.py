"""How each act changes a log entry, and what an entry says of the receiver."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Level, Status
from schemas.ledger import Entry, Sending
from services.notifier.domain.entry import (
    KEPT_AFTER_END,
    adopt_message,
    begin_sending,
    drop_message,
    forget_content,
    give_up,
    has_ended,
    is_assumed,
    may_be_open,
    notified_content,
    pass_over,
    record_sent,
)
from tests.notifier.alerts import NOON, SECOND, alert

SENDING = Sending(revision=2, since=NOON - SECOND, settles_at=NOON + 29 * SECOND)
EARLIER = Sending(revision=1, since=NOON - 5 * SECOND, settles_at=NOON + 25 * SECOND)
ASSUMED = SENDING.model_copy(update={"assumed": True})
SENT = Entry(
    revision=1,
    status=Status.FIRING,
    notified_content=notified_content(alert()),
    handle="m1",
    sent_at=NOON - 60 * SECOND,
    possible_repeat=True,
    given_up=1,
    serial=5,
)


@dataclass(frozen=True)
class Openness:
    """An entry, and whether the receiver may show its alert as firing."""

    entry: Entry
    expected: bool


@pytest.mark.parametrize(
    "case",
    [
        Openness(Entry(), False),
        Openness(SENT, True),
        Openness(SENT.model_copy(update={"status": Status.RESOLVED}), False),
        Openness(SENT.model_copy(update={"status": Status.WITHDRAWN}), False),
        Openness(Entry(sending=SENDING), True),
        Openness(Entry(sending=ASSUMED), False),
        Openness(SENT.model_copy(update={"sending": ASSUMED}), True),
    ],
    ids=["nothing sent", "firing", "resolved", "withdrawn", "in doubt", "assumed", "firing too"],
)
def test_an_alert_may_be_open_if_it_was_or_may_have_been_sent(case: Openness) -> None:
    assert may_be_open(case.entry) is case.expected


def test_only_a_sending_that_no_line_confirms_is_assumed() -> None:
    assert is_assumed(Entry(sending=ASSUMED))
    assert not is_assumed(Entry(sending=SENDING))
    assert not is_assumed(Entry())


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.RESOLVED},
        {"level": Level.CRITICAL},
        {"uncorroborated": True},
        {"late": True},
        {"backfill": True},
        {"exercise": True},
        {"hypotheses": ("mlcoa",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_people_must_see_at_once_changes_the_content(change: dict[str, Any]) -> None:
    assert notified_content(alert(**change)) != notified_content(alert())


def test_each_flag_has_its_own_content() -> None:
    flagged: list[dict[str, Any]] = [
        {"uncorroborated": True},
        {"late": True},
        {"backfill": True},
        {"exercise": True},
    ]

    assert len({notified_content(alert(**flags)) for flags in flagged}) == len(flagged)


def test_the_order_of_hypotheses_changes_nothing() -> None:
    first, second = alert(hypotheses=("mdcoa", "mlcoa")), alert(hypotheses=("mlcoa", "mdcoa"))

    assert notified_content(first) == notified_content(second)


@pytest.mark.parametrize(
    ("status", "ended"),
    [(Status.FIRING, False), (Status.RESOLVED, True), (Status.WITHDRAWN, True)],
    ids=str,
)
def test_resolved_and_withdrawn_alerts_have_ended(status: Status, ended: bool) -> None:
    assert has_ended(alert(status=status)) is ended


def test_an_entry_is_kept_for_thirty_days_after_the_end() -> None:
    assert timedelta(days=30) == KEPT_AFTER_END


def test_a_send_that_begins_leaves_everything_else() -> None:
    assert begin_sending(SENT, SENDING) == SENT.model_copy(update={"sending": SENDING, "serial": 6})


def test_a_sent_revision_replaces_all_that_was_shown() -> None:
    newer = alert(revision=2, status=Status.RESOLVED)

    after = record_sent(Entry(sending=SENDING, given_up=1, serial=5), newer, "m2", NOON)

    assert after == Entry(
        revision=2,
        status=Status.RESOLVED,
        notified_content=notified_content(newer),
        handle="m2",
        sent_at=NOON,
        opened_at=NOON,
        unanswered=SENDING,
        given_up=1,
        serial=6,
    )


@pytest.mark.parametrize(
    ("before", "repeat", "expected"),
    [(False, False, False), (True, False, True), (False, True, True)],
    ids=["never", "before", "now"],
)
def test_a_possible_repeat_stays_one(before: bool, repeat: bool, expected: bool) -> None:
    entry = Entry(possible_repeat=before)

    assert record_sent(entry, alert(), "m1", NOON, repeat=repeat).possible_repeat is expected


@pytest.mark.parametrize(
    ("pending", "expected"),
    [
        ((None, None), None),
        ((SENDING, None), SENDING),
        ((None, EARLIER), EARLIER),
        ((SENDING, EARLIER), SENDING),
        ((EARLIER, SENDING), SENDING),
    ],
    ids=["none", "the last", "an earlier", "both", "the one that settles later"],
)
def test_the_request_that_settles_last_stays_unanswered(
    pending: tuple[Sending | None, Sending | None], expected: Sending | None
) -> None:
    sending, unanswered = pending
    entry = Entry(sending=sending, unanswered=unanswered)

    assert record_sent(entry, alert(), "m1", NOON).unanswered == expected


def test_a_request_is_unanswered_until_the_moment_it_settles() -> None:
    entry = Entry(sending=SENDING)

    just_before = record_sent(entry, alert(), "m1", SENDING.settles_at - timedelta.resolution)
    settled = record_sent(entry, alert(), "m1", SENDING.settles_at)

    assert (just_before.unanswered, settled.unanswered) == (SENDING, None)


def test_an_adopted_message_is_ours_with_unknown_content() -> None:
    entry = SENT.model_copy(update={"sending": SENDING, "status": Status.RESOLVED})

    assert adopt_message(entry, 2, "m9") == SENT.model_copy(
        update={
            "revision": 2,
            "status": Status.FIRING,
            "notified_content": None,
            "handle": "m9",
            "sent_at": SENDING.since,
            "opened_at": SENDING.since,
            "serial": 6,
        }
    )
    assert adopt_message(SENT, 2, "m9").sent_at is None


def test_a_revision_passed_over_is_the_highest_dealt_with() -> None:
    assert pass_over(SENT, alert(revision=7)) == SENT.model_copy(
        update={"revision": 7, "serial": 6}
    )


@pytest.mark.parametrize(
    ("given_up", "expected"), [(1, 3), (4, 4)], ids=["a higher one", "a lower one"]
)
def test_the_highest_revision_given_up_is_kept(given_up: int, expected: int) -> None:
    entry = SENT.model_copy(update={"given_up": given_up, "sending": SENDING})

    assert give_up(entry, alert(revision=3)) == SENT.model_copy(
        update={"given_up": expected, "serial": 6}
    )


def test_without_its_message_an_entry_keeps_its_revisions() -> None:
    assert drop_message(SENT) == Entry(revision=1, given_up=1, serial=6)


def test_a_forgotten_content_leaves_everything_else() -> None:
    assert forget_content(SENT) == SENT.model_copy(update={"notified_content": None, "serial": 6})
