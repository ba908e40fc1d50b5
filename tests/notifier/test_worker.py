"""The thread of one receiver: it goes on, whatever one alert does to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from schemas.alert import Alert, Level, Status
from schemas.duty import RECEIVER_DOWN
from schemas.signal import Signal
from schemas.version import NewerSchema
from services.notifier.adapters.worker import Worker
from services.notifier.domain.errors import RateLimited, ReceiverDown
from services.notifier.domain.urgency import Lane
from tests.notifier.alerts import alert
from tests.notifier.desk import RESOLVED, DeliveryDesk
from tests.parts.waiting import until


@contextmanager
def at_work(desk: DeliveryDesk) -> Iterator[Worker]:
    desk.clock.now = datetime.now(UTC)
    worker = Worker(desk.monitored, desk.handler, desk.log, desk.outbox, desk.clock)
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop(timeout=5)


def shown(desk: DeliveryDesk) -> list[Alert]:
    return [notices[0].alert for notices in list(desk.receiver.shown.values())]


def test_a_queued_job_is_sent() -> None:
    desk = DeliveryDesk()

    with at_work(desk) as worker:
        desk.queue(alert())
        worker.wake()
        until(lambda: shown(desk), "it is sent", 5)

    assert shown(desk) == [alert()]


@pytest.mark.parametrize(
    "bug", [ValueError("a bug"), KeyError("another"), NewerSchema("later")], ids=repr
)
def test_a_bug_with_one_alert_does_not_stop_the_next(bug: Exception) -> None:
    desk = DeliveryDesk()
    desk.receiver.faults = [bug]
    desk.queue(alert("a1"), alert("a2"))

    with at_work(desk) as worker:
        until(lambda: shown(desk), "the next is sent", 10)

        assert worker.is_alive

    assert [shown_alert.id for shown_alert in shown(desk)] == ["a2"]


def test_a_stopped_worker_takes_no_further_job() -> None:
    desk = DeliveryDesk()
    with at_work(desk) as worker:
        assert worker.stop(timeout=5)

        desk.queue(alert())

    assert shown(desk) == []


def test_a_receiver_that_is_down_is_reported_once_to_the_others() -> None:
    desk = DeliveryDesk()
    desk.receiver.check_faults = [ReceiverDown("token_revoked")]

    with at_work(desk):
        until(lambda: desk.outbox.appended, "it is reported", 5)
        desk.clock.move(60)
        time.sleep(0.5)

    (record,) = desk.outbox.appended
    signal = Signal.model_validate_json(record.value)
    assert (signal.rule, signal.group) == (RECEIVER_DOWN, {"receiver": "slack"})
    assert signal.fields == {"fault": "token_revoked"}


def test_a_receiver_that_stays_down_is_reported_again() -> None:
    desk = DeliveryDesk()
    desk.receiver.check_faults = [ReceiverDown("token_revoked")] * 3

    with at_work(desk):
        until(lambda: desk.outbox.appended, "it is reported", 5)
        desk.clock.move(300)
        until(lambda: len(desk.outbox.appended) > 1, "it is reported again", 5)


def test_nothing_is_tried_while_the_receiver_is_down_and_all_is_sent_when_it_is_back() -> None:
    desk = DeliveryDesk()
    desk.receiver.faults = [ReceiverDown("is_archived")]
    desk.queue(*(alert(f"a{number}") for number in range(5)))

    with at_work(desk):
        until(lambda: not desk.receiver.faults, "it is tried", 5)
        time.sleep(0.5)
        assert shown(desk) == []
        desk.clock.move(60)
        until(lambda: len(shown(desk)) == 5, "all is sent", 5)


def test_a_limit_of_edits_stops_no_new_alert() -> None:
    desk = DeliveryDesk()
    desk.clock.now = datetime.now(UTC)
    desk.queue(alert("shown"))
    desk.handle_next()
    desk.receiver.faults = [RateLimited("429", timedelta(minutes=2), Lane.EDIT)]
    desk.queue(alert("shown", 2, **RESOLVED))
    desk.handle_next()
    desk.queue(alert("edited", 2, **RESOLVED), alert("new", level=Level.LOW))

    with at_work(desk):
        until(lambda: len(shown(desk)) == 3, "the new ones are sent", 5)

    assert [notice.alert.status for notice in desk.receiver.shown["m1"]] == [Status.FIRING]
