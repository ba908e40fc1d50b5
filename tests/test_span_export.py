"""Spans on their way to a collector: a real HTTP server, and what happens when it is away."""

import threading
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client import REGISTRY

from services.span_export import MOST_WAITING, OtlpRecorder
from services.span_sending import start_tracing, stop_tracing
from services.trace_context import TraceContext, begin_trace
from services.tracing import begin_span, inner_span, record_spans
from tests.standins.collector import CollectorStandIn


@pytest.fixture
def collector() -> Iterator[CollectorStandIn]:
    with CollectorStandIn() as collector:
        yield collector
    record_spans(None)


def count(result: str) -> float:
    return REGISTRY.get_sample_value("vedette_trace_spans_total", {"result": result}) or 0.0


def test_spans_reach_the_collector_joined_and_named(collector: CollectorStandIn) -> None:
    given, exported = begin_trace(), count("exported")
    start_tracing("ingest", f"{collector.url}/v1/traces")

    with begin_span("receive", given, source="wire"), inner_span("publish", event_id="e-1"):
        pass
    stop_tracing()

    publish, receive = sorted(collector.list_trace(given.trace_id), key=lambda span: span.name)
    assert (receive.service, receive.name) == ("vedette-ingest", "receive")
    assert (receive.parent, publish.parent) == (given.span_id, receive.id)
    assert receive.ids == {"vedette.source": "wire"}
    assert publish.ids == {"vedette.event_id": "e-1"}
    assert count("exported") == exported + 2


def test_without_a_caller_the_first_span_has_no_parent(collector: CollectorStandIn) -> None:
    start_tracing("ingest", f"{collector.url}/v1/traces")

    with begin_span("receive", None):
        pass
    stop_tracing()

    assert [span.parent for span in collector.spans] == [""]


def test_a_trace_that_the_caller_does_not_sample_is_passed_on_and_not_sent(
    collector: CollectorStandIn,
) -> None:
    given = TraceContext(begin_trace().trace_id, begin_trace().span_id, "00", "vendor=1")
    start_tracing("ingest", f"{collector.url}/v1/traces")

    with begin_span("receive", given) as span:
        pass
    stop_tracing()

    assert span.trace is not None
    assert (span.trace.trace_id, span.trace.flags) == (given.trace_id, "00")
    assert span.trace.state == "vendor=1"
    assert collector.spans == []


def test_what_a_stranger_chose_is_cut_and_an_error_has_no_words(
    collector: CollectorStandIn,
) -> None:
    start_tracing("matcher", f"{collector.url}/v1/traces")

    with pytest.raises(ValueError, match="secret"), begin_span("detect", None, event_id="e" * 9999):
        raise ValueError("secret words of a report")
    stop_tracing()

    [span] = collector.spans
    assert span.is_error
    assert span.ids == {"vedette.event_id": "e" * 256, "error.type": "ValueError"}


class StuckExporter(SpanExporter):
    """Takes nothing until it is let go."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        del spans
        self.released.wait(30)
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.released.set()


def test_a_collector_that_hangs_delays_nothing_and_what_is_dropped_is_counted() -> None:
    exporter, before = StuckExporter(), (count("dropped"), count("failed"))
    recorder = OtlpRecorder.over("ingest", exporter)
    most_at_once = 512

    for _ in range(MOST_WAITING + 2 * most_at_once):
        recorder.begin("receive", None, {}).end(None)
    dropped = count("dropped") - before[0]
    exporter.released.set()
    recorder.stop()

    # a batch at most is in the exporter's hands
    assert most_at_once <= dropped <= 2 * most_at_once
    assert count("failed") - before[1] == MOST_WAITING + 2 * most_at_once - dropped
