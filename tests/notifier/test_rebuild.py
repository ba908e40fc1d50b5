"""What a lost log gets back: from the lines, and from what the alerts topic holds beyond them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Act, Entry, LedgerLine, Sending
from services.notifier.domain.entry import notified_content
from services.notifier.domain.rebuild import LOOK_BACK, LogRebuild, read_entries
from services.notifier.domain.rebuild_ports import RecordedAlert
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import NOON, SECOND, alert, job

HOLD = 30 * SECOND
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SLACK = ReceiverTraits("slack")
PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)
REBUILD = LogRebuild(NOON, HOLD, newest=NOON - HOUR)
NO_LEDGER = LogRebuild(NOON, HOLD)
RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}
SHOWN = Entry(
    revision=1,
    status=Status.FIRING,
    notified_content=notified_content(alert()),
    handle="m1",
    sent_at=NOON - HOUR,
    serial=2,
)


def recorded(
    revision: Alert, at: datetime = NOON - HOUR, *, is_committed: bool = True
) -> RecordedAlert:
    return RecordedAlert(job(revision), at, is_committed)


def line(entry: Entry | None, act: Act = Act.NOTIFIED, **changes: Any) -> LedgerLine:
    fields: dict[str, Any] = {
        "at": NOON - HOUR,
        "act": act,
        "fingerprint": "f",
        "alert": "a1",
        "revision": 1,
        "receiver": "slack",
        "reason": "",
        "status": Status.FIRING,
        "entry": entry,
    }
    return LedgerLine.model_validate(fields | changes)


def recover(
    recorded: RecordedAlert,
    entry: Entry | None = None,
    traits: ReceiverTraits = SLACK,
    rebuild: LogRebuild = REBUILD,
) -> tuple[Entry | None, bool]:
    """The entry to keep, if it is another, and whether the revision is queued."""
    recovery = rebuild.recover(recorded, entry, traits)
    return (recovery.entry.entry if recovery.entry else None), recovery.is_due


def doubt(revision: int = 1, since: datetime = NOON - HOUR) -> Sending:
    return Sending(revision=revision, since=since, settles_at=NOON + HOLD, assumed=True)


def test_the_newest_entry_counts_in_any_order_of_lines() -> None:
    lines = [line(Entry(revision=n, serial=n)) for n in (1, 3, 2)]

    (kept,) = read_entries(lines)

    assert (kept.receiver, kept.alert, kept.entry.revision) == ("slack", "a1", 3)


def test_each_receiver_has_its_own_entry() -> None:
    lines = [line(SHOWN), line(SHOWN, receiver="pagerduty"), line(SHOWN, alert="a2")]

    assert [(entry.receiver, entry.alert) for entry in read_entries(lines)] == [
        ("slack", "a1"),
        ("pagerduty", "a1"),
        ("slack", "a2"),
    ]


def test_a_line_that_changed_nothing_takes_nothing_away() -> None:
    (kept,) = read_entries([line(SHOWN), line(None, Act.DROPPED)])

    assert kept.entry == SHOWN


def test_an_entry_lives_until_the_alert_ended_plus_thirty_days() -> None:
    firing, ended = read_entries([line(SHOWN), line(SHOWN, alert="a2", status=Status.WITHDRAWN)])

    assert (firing.is_over, ended.is_over, ended.at) == (False, True, NOON - HOUR)


def test_the_alerts_are_read_from_a_day_before_the_newest_line() -> None:
    lines = [line(None, at=NOON - 3 * HOUR), line(None, at=NOON - 2 * HOUR)]

    rebuild = NO_LEDGER.add_lines(lines).add_lines([line(None, at=NOON - 4 * HOUR)])

    assert rebuild.since == NOON - 2 * HOUR - LOOK_BACK
    assert LOOK_BACK > DAY


def test_without_a_ledger_all_that_is_kept_is_read() -> None:
    assert NO_LEDGER.since == NOON - 30 * DAY


def test_a_revision_sent_by_the_ledger_changes_nothing() -> None:
    assert recover(recorded(alert()), SHOWN) == (None, False)


def test_a_revision_without_a_line_is_queued_and_looked_up() -> None:
    entry, queued = recover(recorded(alert()))

    assert queued
    assert entry == Entry(sending=doubt(), serial=1)


def test_a_doubt_has_a_line() -> None:
    recovered = REBUILD.recover(recorded(alert()), None, SLACK).entry

    assert recovered is not None
    (record,) = recovered.records
    written = LedgerLine.model_validate_json(record.value)
    assert (written.act, written.receiver, written.entry) == (
        Act.IN_DOUBT,
        "slack",
        recovered.entry,
    )
    assert written.reason.startswith("the log was lost")


def test_a_newer_revision_is_queued_for_the_existing_message() -> None:
    assert recover(recorded(alert(revision=2)), SHOWN) == (None, True)


def test_another_status_may_have_been_shown_since_the_last_line() -> None:
    entry, queued = recover(recorded(alert(revision=2, **RESOLVED)), SHOWN)

    assert queued
    assert entry is not None
    assert (entry.handle, entry.notified_content, entry.serial) == ("m1", None, 3)


def test_after_a_revision_passed_over_a_newer_may_have_been_sent() -> None:
    entry, queued = recover(recorded(alert(revision=2)), Entry(revision=1, serial=1))

    assert queued
    assert entry == Entry(revision=1, sending=doubt(2), serial=2)


def test_a_doubt_of_the_ledger_lasts_longer_since_it_may_have_been_tried_again() -> None:
    sending = Sending(revision=1, since=NOON - HOUR, settles_at=NOON - HOUR + HOLD)

    entry, queued = recover(recorded(alert()), Entry(sending=sending, serial=1))

    assert queued
    assert entry is not None
    assert entry.sending == sending.model_copy(update={"settles_at": NOON + HOLD})
    assert recover(recorded(alert(revision=2)), entry) == (None, True)


def test_uncommitted_revisions_are_left_to_the_stream_but_looked_up() -> None:
    entry, queued = recover(recorded(alert(), is_committed=False))

    assert not queued
    assert entry == Entry(sending=doubt(), serial=1)


def test_uncommitted_pages_are_not_in_doubt() -> None:
    assert recover(recorded(alert(), is_committed=False), traits=PAGER) == (None, False)


def test_a_page_known_not_to_have_been_sent_is_sent() -> None:
    known = Entry(serial=1)

    assert recover(recorded(alert(revision=2, **RESOLVED)), known, PAGER) == (None, True)


def test_a_page_without_a_line_is_in_doubt() -> None:
    entry, queued = recover(recorded(alert()), traits=PAGER)

    assert queued
    assert entry == Entry(sending=doubt(), serial=1)


def test_an_open_page_is_closed() -> None:
    opened = SHOWN.model_copy(update={"revision": 2})

    assert recover(recorded(alert(revision=2, **RESOLVED)), opened, PAGER) == (None, True)


def test_a_revision_given_up_is_not_queued_but_a_newer_one_is() -> None:
    known = Entry(given_up=2, serial=1)

    assert recover(recorded(alert(revision=2)), known) == (None, False)
    assert recover(recorded(alert(revision=3)), known)[1]


@pytest.mark.parametrize(
    ("changes", "queued"), [({}, True), (RESOLVED, False)], ids=["firing", "ended"]
)
def test_without_a_ledger_alerts_that_ended_long_ago_are_not_queued(
    changes: dict[str, Any], queued: bool
) -> None:
    long_ago = recorded(alert(revision=2, **changes), NOON - 20 * DAY)

    entry, is_queued = recover(long_ago, rebuild=NO_LEDGER)

    assert is_queued is queued
    assert entry is not None
    assert entry.sending == doubt(2, NOON - 20 * DAY)
    assert entry.revision == (0 if queued else 2)


def test_a_lookup_never_begins_before_the_retention() -> None:
    detected = alert(detected_at=NOON - 2000 * DAY)

    entry, _ = recover(recorded(detected))

    assert entry is not None
    assert entry.sending is not None
    assert entry.sending.since == NOON - 30 * DAY
