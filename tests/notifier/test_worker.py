"""The thread of one receiver: it goes on, whatever one alert does to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from schemas.alert import Alert
from schemas.version import NewerSchema
from services.notifier.adapters.worker import Worker
from tests.notifier.alerts import alert
from tests.notifier.desk import DeliveryDesk
from tests.parts.waiting import until


@contextmanager
def at_work(desk: DeliveryDesk) -> Iterator[Worker]:
    desk.clock.now = datetime.now(UTC)
    worker = Worker("slack", desk.handler, desk.log, desk.clock)
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop(timeout=5)


def shown(desk: DeliveryDesk) -> list[Alert]:
    return [notices[0].alert for notices in desk.receiver.shown.values()]


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
