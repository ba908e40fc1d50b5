"""What tracing costs a report: `python -m bench.tracing`. Nothing is sent anywhere."""

from collections.abc import Callable, Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from bench.least_time import least_time
from services.span_export import MOST_WAITING, OtlpRecorder
from services.span_sending import stop_tracing
from services.trace_context import read_record_trace, read_trace
from services.tracing import (
    begin_span,
    carry_trace,
    continue_span,
    current_trace,
    inner_span,
    note_ids,
    record_headers,
    record_spans,
    request_headers,
)

SPANS = 6
REPORTS = MOST_WAITING // SPANS
"""As many as the queue of spans has room for."""
HEADERS = [("ce_id", b"1"), ("ce_type", b"vedette.event"), ("ce_source", b"wire")]


class NoExporter(SpanExporter):
    """Takes spans and forgets them."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Taken."""
        del spans
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is left."""


def trace_report() -> None:
    """All that tracing does for one report that becomes a message."""
    with begin_span("receive", read_trace({}), source="wire"), inner_span("publish", event_id="1"):
        headers = [*HEADERS, *record_headers()]
    with (
        carry_trace(read_record_trace(headers)),
        begin_span("detect", current_trace(), event_id="1"),
    ):
        headers = [*HEADERS, *record_headers()]
    with continue_span("correlate", read_record_trace(headers)):
        note_ids(event_id="1", pack="pack", rule="rule")
        note_ids(alert="1")
        headers = [*HEADERS, *record_headers()]
    stored = begin_span("store", read_record_trace(headers), alert="1", pack="pack", rule="rule")
    stored.end()
    with carry_trace(stored.trace, alert="1"), inner_span("send", alert="1", receiver="slack"):
        request_headers()


def measure(flush: Callable[[], object] = lambda: None) -> float:
    """Microseconds of the processor for one report; `flush` has its spans exported."""

    def trace_reports() -> None:
        for _ in range(REPORTS):
            trace_report()
        flush()

    return least_time(trace_reports) / REPORTS * 1e6


def main() -> None:
    """Print both costs."""
    print(f"off: {measure():.0f} µs a report, all services together")
    recorder = OtlpRecorder.over("bench", NoExporter())
    record_spans(recorder)
    on = measure(recorder.provider.force_flush)
    stop_tracing()
    print(f"on:  {on:.0f} µs a report, {on / SPANS:.0f} µs a span")


if __name__ == "__main__":
    main()
