"""One job through its steps: what the channel shows in the end."""

from dataclasses import replace

import pytest

from schemas.alert import Level, Status
from schemas.envelope import header
from schemas.ledger import Act
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.domain.errors import (
    RetryableError,
    UnknownOutcome,
)
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import alert
from tests.notifier.desk import RESOLVED, DeliveryDesk

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)


@pytest.fixture
def desk() -> DeliveryDesk:
    return DeliveryDesk()


@pytest.fixture
def pager() -> DeliveryDesk:
    return DeliveryDesk(PAGER)


def test_an_alert_is_one_message_and_one_line(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert [(line.act, line.revision, line.receiver) for line in desk.lines] == [
        (Act.NOTIFIED, 1, "slack")
    ]


def test_the_step_that_logs_a_send_takes_the_job_off_the_queue(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.log.steps == ["write", "finish"] * 2


def test_a_pager_opened_for_an_ended_alert_keeps_its_job_until_it_is_closed(
    pager: DeliveryDesk,
) -> None:
    pager.queue(alert(revision=2, **RESOLVED))
    pager.handle_all()

    assert pager.log.steps == ["write", "write", "write", "finish"]


def test_a_send_that_a_newer_revision_overtakes_leaves_that_one_queued(
    desk: DeliveryDesk,
) -> None:
    desk.queue(alert())
    claim = desk.log.claim("slack", desk.clock())
    assert claim is not None
    desk.queue(alert(revision=2))

    desk.handler.handle(claim)

    (queued,) = desk.log.queue.values()
    assert (queued.job.alert.revision, desk.acts) == (2, [Act.NOTIFIED])


def test_a_repeat_changes_nothing(desk: DeliveryDesk) -> None:
    for _ in range(3):
        desk.queue(alert())
        desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert desk.acts == [Act.NOTIFIED, Act.DROPPED, Act.DROPPED]


def test_an_end_edits_the_message(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.messages == [["1 firing", "2 resolved"]]
    assert [line.act for line in desk.lines] == [Act.NOTIFIED, Act.RESOLVED]


def test_a_newer_revision_replaces_a_queued_one(desk: DeliveryDesk) -> None:
    desk.queue(alert(), alert(revision=2), alert(revision=3, **RESOLVED))
    desk.handle_all()

    assert desk.messages == [["3 resolved"]]


def test_a_lower_revision_is_never_sent(desk: DeliveryDesk) -> None:
    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()
    desk.queue(alert())
    desk.handle_all()

    assert desk.messages == [["2 resolved"]]


def test_evidence_alone_is_sent_every_ten_seconds_at_most(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    start = desk.clock.now
    for revision in range(2, 30):
        desk.clock.move(1)
        desk.queue(alert(revision=revision))
        while desk.log.claim("slack", desk.clock()) is not None:
            desk.log.leases.clear()
            desk.handle_next()
    desk.handle_all()

    (shown,) = desk.messages
    assert shown[-1] == "29 firing"
    assert len(shown) - 1 <= (desk.clock.now - start).total_seconds() // 10


def test_an_end_does_not_wait_behind_evidence(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.queue(alert(revision=2))
    desk.handle_next()

    desk.queue(alert(revision=3, **RESOLVED))
    desk.handle_next()

    assert desk.messages == [["1 firing", "3 resolved"]]


def test_a_revision_queued_during_a_send_follows_at_once(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    claim = desk.log.claim("slack", desk.clock())
    assert claim is not None
    desk.queue(alert(revision=2, **RESOLVED))

    desk.handler.handle(claim)
    desk.handle_next()

    assert desk.messages == [["1 firing", "2 resolved"]]
    assert not desk.log.queue


def test_a_pager_is_opened_before_it_is_closed(pager: DeliveryDesk) -> None:
    pager.queue(alert(revision=2, **RESOLVED))
    pager.handle_all()

    assert [shown for message in pager.messages for shown in message] == ["2 firing", "2 resolved"]
    assert [line.act for line in pager.lines] == [Act.NOTIFIED, Act.RESOLVED]


def test_a_pager_that_fails_between_the_two_is_not_opened_again(
    pager: DeliveryDesk,
) -> None:
    pager.receiver.faults = [None, RetryableError("429"), UnknownOutcome("?"), None]

    pager.queue(alert(revision=2, **RESOLVED))
    pager.handle_all()

    assert [shown for message in pager.messages for shown in message] == ["2 firing", "2 resolved"]


def test_a_redelivered_older_revision_does_not_page_after_one_was_passed_over(
    pager: DeliveryDesk,
) -> None:
    pager.queue(alert(), alert(revision=2, level=Level.MEDIUM))
    pager.handle_all()

    pager.queue(alert())
    pager.handle_all()

    assert pager.messages == []


def test_two_desks_with_one_log_make_one_message(desk: DeliveryDesk) -> None:
    other = DeliveryDesk()
    other.clock, other.log = desk.clock, desk.log
    other.handler = JobHandler(
        replace(other.handler.delivery, notifications=desk.log, clock=desk.clock)
    )
    desk.queue(alert())
    claim = desk.log.claim("slack", desk.clock())
    assert claim is not None

    assert other.log.claim("slack", desk.clock()) is None
    desk.handler.handle(claim)

    assert desk.messages == [["1 firing"]]
    assert other.messages == []


def test_every_decision_has_a_line(desk: DeliveryDesk) -> None:
    desk.queue(alert(), alert(revision=2))
    desk.handle_all()
    desk.queue(alert(revision=3))
    desk.handle_next()
    desk.handle_all()
    desk.queue(alert(revision=1))
    desk.handle_all()

    assert [(line.revision, line.act, line.reason) for line in desk.lines] == [
        (2, Act.SUPERSEDES, "an earlier revision, still queued, is not sent any more"),
        (2, Act.NOTIFIED, "first notification"),
        (3, Act.DEFERRED, "only more evidence, too soon after the last message"),
        (3, Act.EDITED, "newer revision"),
        (1, Act.DROPPED, "a later revision was dealt with"),
    ]


def test_a_revision_held_back_has_a_line_with_the_reason(pager: DeliveryDesk) -> None:
    pager.queue(alert("drill", exercise=True), alert("old", backfill=True))
    pager.handle_all()

    assert [(line.alert, line.act, line.reason) for line in pager.lines] == [
        ("drill", Act.HELD_BACK, "a drill pages nobody"),
        ("old", Act.HELD_BACK, "a backfill pages nobody"),
    ]


def test_a_line_names_the_act_the_revision_and_the_reason(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()

    (record,) = desk.log.records
    identity = header(record.headers, "ce_id") or ""
    assert identity.startswith("a1/1/slack/notified/")
    (line,) = desk.lines
    assert (line.fingerprint, line.level, line.status) == ("f-a1", Level.HIGH, Status.FIRING)
    assert line.reason == "first notification"
    assert line.entry is not None
    assert (line.entry.handle, line.entry.revision) == ("m1", 1)


def test_a_page_in_doubt_is_repeated_under_the_same_key_and_never_looked_up(
    pager: DeliveryDesk,
) -> None:
    pager.receiver.faults = [(UnknownOutcome("?"), True)]

    pager.queue(alert())
    pager.handle_all()

    assert [shown for message in pager.messages for shown in message] == ["1 firing", "1 firing"]
    assert pager.receiver.lookups == 0
