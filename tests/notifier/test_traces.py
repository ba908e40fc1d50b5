"""The trace of an alert: from its message through the queue to the receiver's request."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.notifier.adapters.traced_jobs import trace_jobs
from services.notifier.domain.codec import decode_alert
from services.notifier.domain.ports import Job, Receiver
from services.tracing import begin_span, current_trace
from tests.fake_log import FakeLog
from tests.fake_recorder import FakeRecorder
from tests.fakes import FakeClock
from tests.notifier.alert_stream import AlertRecord, FakeConsumer, run
from tests.notifier.alerts import TRACE, alert, job, wire
from tests.notifier.desk import DeliveryDesk
from tests.notifier.receivers import (
    NOTICE,
    SECRET,
    close_receiver,
    opsgenie_at,
    pager_at,
    slack_at,
    webhook_at,
)
from tests.notifier.watchdog_alerts import watchdog_alert
from tests.standins.opsgenie import OpsgenieStandIn
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.server import StandIn
from tests.standins.slack import SlackStandIn
from tests.standins.webhook import WebhookStandIn

PARENT = TRACE.write_fields()["traceparent"]


def test_a_job_has_the_trace_of_its_message() -> None:
    headers = (("traceparent", PARENT.encode()), ("tracestate", b"vendor=1"))

    read = decode_alert(AlertRecord(wire(alert()), 0, headers=headers))

    assert isinstance(read, Job)
    assert read.trace == TRACE


def test_each_alert_is_stored_in_a_span_that_its_job_continues(recorder: FakeRecorder) -> None:
    log = FakeLog(FakeClock())
    headers = (("traceparent", PARENT.encode()),)
    records = [
        AlertRecord(wire(alert("a1")), 0, headers=headers),
        AlertRecord(wire(alert("a2")), 1),
    ]

    run(log, FakeConsumer(records))

    first, second = recorder.spans
    assert [(span.name, span.ids["alert"]) for span in recorder.spans] == [
        ("store", "a1"),
        ("store", "a2"),
    ]
    assert (first.parent, second.parent) == (replace(TRACE, state=""), None)
    assert [queued.job.trace for queued in log.queue.values()] == [first.trace, second.trace]
    assert [span.ended for span in recorder.spans] == [[None], [None]]


def test_an_alert_is_sent_in_a_span_that_continues_its_job(recorder: FakeRecorder) -> None:
    desk = DeliveryDesk()
    desk.queue(alert())

    desk.handle_all()

    [span] = recorder.spans
    assert (span.name, span.parent) == ("send", TRACE)
    assert span.ids == {"alert": "a1", "receiver": "slack"}
    assert current_trace() is None


@pytest.mark.parametrize(
    ("standin", "receiver_at"),
    [
        (SlackStandIn, slack_at),
        (PagerDutyStandIn, pager_at),
        (lambda: WebhookStandIn(SECRET), webhook_at),
        (lambda: OpsgenieStandIn(SECRET), opsgenie_at),
    ],
)
def test_a_request_names_the_trace(
    standin: Callable[[], StandIn], receiver_at: Callable[[str], Receiver]
) -> None:
    with standin() as service:
        receiver = receiver_at(service.url)
        with begin_span("send", TRACE):
            receiver.send(NOTICE)
        close_receiver(receiver)

    headers = {name.lower(): value for name, value in service.calls[-1].headers.items()}
    assert headers["traceparent"] == PARENT
    assert headers["tracestate"] == "vendor=1"


def test_the_watchdog_has_no_span(recorder: FakeRecorder) -> None:
    heartbeat = job(watchdog_alert())

    with trace_jobs([heartbeat]) as jobs:
        assert jobs == [heartbeat]

    assert recorder.spans == []
