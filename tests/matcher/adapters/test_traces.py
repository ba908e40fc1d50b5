"""The trace of a report through detect, the reader and correlate."""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from schemas.topics import ALERTS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.topics.record_sender import TopicSender
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.rulebook import Rulebook
from services.trace_context import TraceContext, begin_trace, read_record_trace
from services.tracing import begin_span, current_trace
from tests.fake_recorder import FakeRecorder
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, NOON, hit
from tests.matcher.correlation import correlator
from tests.matcher.detections import detection_of
from tests.matcher.messages import Given, event, given, signal_message, tick, tick_message
from tests.matcher.suspecting import suspecting

TRACE = begin_trace()


@dataclass
class TracedSender(FakeRecordSender):
    """Also keeps the trace that each record is sent in."""

    traces: list[TraceContext | None] = field(default_factory=list)

    async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
        self.traces.append(current_trace())
        return await super().send(topic, record)


@dataclass
class FakeTopic:
    """A topic of Faust's, as far as it is sent to."""

    headers: list[Any] = field(default_factory=list)

    async def send(self, *, headers: Any, **_rest: object) -> None:
        self.headers.append(headers)


def traced(message: Given) -> Given:
    """The same message in TRACE."""
    headers = [(name, value.encode()) for name, value in TRACE.write_fields().items()]
    return replace(message, headers=[*message.headers, *headers])


async def test_a_record_has_the_trace_that_it_is_sent_in_behind_its_headers() -> None:
    topic: Any = FakeTopic()
    sender = TopicSender({SIGNALS: topic})

    with begin_span("detect", TRACE):
        await sender.send(SIGNALS, ProducerRecord(b"{}", [("ce_id", b"1")]))
    await sender.send(SIGNALS, ProducerRecord(b"{}", [("ce_id", b"2")]))

    assert [name for name, _ in topic.headers[0]] == ["ce_id", "traceparent"]
    assert read_record_trace(topic.headers[0]) == TRACE
    assert topic.headers[1] == [("ce_id", b"2")]


async def test_each_event_of_a_batch_is_a_span_that_its_signals_continue(
    recorder: FakeRecorder,
) -> None:
    sender = TracedSender()
    detection = replace(detection_of(hit(0)), sender=sender)

    await detection.process(traced(given([event(id="a"), event(id="b")])))

    assert [span.name for span in recorder.spans] == ["detect"] * 2
    assert [span.ids["event_id"] for span in recorder.spans] == ["a", "b"]
    assert [span.parent for span in recorder.spans] == [TRACE] * 2
    assert sender.traces == [span.trace for span in recorder.spans]


@pytest.mark.parametrize("header", [b"00-nonsense", b"\xff", b""])
async def test_a_malformed_header_changes_nothing_but_that_a_trace_begins(header: bytes) -> None:
    sender = TracedSender()
    detection = replace(detection_of(hit(0)), sender=sender)

    await detection.process(replace(given(event()), headers=[("traceparent", header)]))

    assert len(sender.to(SIGNALS)) == 1
    assert sender.traces[0] is not None


async def test_ticks_belong_to_no_trace(recorder: FakeRecorder) -> None:
    sender = TracedSender()

    await replace(detection_of(), sender=sender).process(
        tick_message(tick(partition=1, partitions=2))
    )

    assert set(sender.traces) == {None}
    assert recorder.spans == []


async def test_a_suspected_signal_continues_the_trace_of_its_report(
    recorder: FakeRecorder,
) -> None:
    sender = TracedSender()

    await suspecting(sender=sender).process(traced(given(event(title="They pounded the base."))))

    [span] = recorder.spans
    assert (span.name, span.parent) == ("suspect", TRACE)
    assert sender.traces == [span.trace]


async def test_an_alert_continues_the_trace_of_the_signal_that_led_to_it(
    recorder: FakeRecorder,
) -> None:
    sender = TracedSender()
    rules = ActiveRules(Rulebook(windows={("iraq", "joint_march"): ALONE}))
    correlation = correlator(Bundles(rules), {}, sender)

    await correlation.take(traced(signal_message(hit(0))))
    await correlation.take(tick_message(tick(NOON)))

    [span] = recorder.spans
    [(topic, _)] = sender.sent[:1]
    assert (topic, sender.traces[0]) == (ALERTS, span.trace)
    assert (span.name, span.parent) == ("correlate", TRACE)
    assert span.ids["rule"] == "joint_march"
    assert span.ids["event_id"] == hit(0).evidence.event_id
    assert span.ids["alert"]
