"""Spans to a collector, by OpenTelemetry's SDK, in batches from a thread of their own."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Self

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import (
    Span as OtelSpan,
)
from opentelemetry.trace import (
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    format_span_id,
    format_trace_id,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter

from services.telemetry import RepeatFilter
from services.trace_context import TraceContext

MOST_WAITING = 2048
LONGEST_ID = 256
EXPORT_SECONDS = 5.0
STOP_SECONDS = 3.0
REPEAT_SECONDS = 60.0
LIBRARY = "opentelemetry"
PREFIX = "vedette."
KINDS = {
    "receive": SpanKind.SERVER,
    "publish": SpanKind.PRODUCER,
    "detect": SpanKind.CONSUMER,
    "suspect": SpanKind.CONSUMER,
    "correlate": SpanKind.CONSUMER,
    "store": SpanKind.CONSUMER,
    "send": SpanKind.CLIENT,
}

SPANS = Counter(
    "vedette_trace_spans_total",
    "Spans by what became of them: exported, failed (the collector did not take them), or dropped "
    "(too many waited). None while tracing is off.",
    ["result"],
)
EXPORTED, FAILED, DROPPED = (SPANS.labels(name) for name in ("exported", "failed", "dropped"))


class CountedExporter(SpanExporter):
    """Another exporter whose spans are counted."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """As the exporter; blocks for its time-out at most."""
        result = self._exporter.export(spans)
        counter = EXPORTED if result is SpanExportResult.SUCCESS else FAILED
        counter.inc(len(spans))
        return result

    def shutdown(self) -> None:
        """As the exporter."""
        self._exporter.shutdown()


class BoundedQueue(BatchSpanProcessor):
    """Spans that wait for the next batch; past MOST_WAITING the oldest are dropped, and counted."""

    def __init__(self, exporter: SpanExporter) -> None:
        super().__init__(CountedExporter(exporter), max_queue_size=MOST_WAITING)

    def on_end(self, span: ReadableSpan) -> None:
        """Queue the span; never blocks."""
        is_sampled = span.context is not None and span.context.trace_flags.sampled
        if is_sampled and len(self._batch_processor._queue) >= MOST_WAITING:  # noqa: SLF001  (nothing shows it)
            DROPPED.inc()
        super().on_end(span)


@dataclass(frozen=True, slots=True)
class OtlpSpan:
    """Implements RecordedSpan."""

    span: OtelSpan
    trace: TraceContext

    def note(self, ids: Mapping[str, str]) -> None:
        """Set them as attributes."""
        self.span.set_attributes({PREFIX + name: value for name, value in ids.items()})

    def end(self, error: str | None) -> None:
        """Queue it; of an error only its kind is recorded, since its text may quote a report."""
        if error is not None:
            self.span.set_status(Status(StatusCode.ERROR))
            self.span.set_attribute("error.type", error)
        self.span.end()


@dataclass(frozen=True, slots=True)
class OtlpRecorder:
    """Implements SpanRecorder."""

    provider: TracerProvider
    tracer: Tracer
    propagator: TraceContextTextMapPropagator

    @classmethod
    def create(cls, service: str, endpoint: str) -> Self:
        """One that sends to the endpoint; other OTEL_ variables are those of the SDK."""
        for handler in logging.getLogger().handlers:
            # the exporter logs each batch that a collector does not take
            handler.addFilter(RepeatFilter(LIBRARY, REPEAT_SECONDS))
        return cls.over(service, OTLPSpanExporter(endpoint, timeout=EXPORT_SECONDS))

    @classmethod
    def over(cls, service: str, exporter: SpanExporter) -> Self:
        """One that sends by this exporter."""
        provider = TracerProvider(
            resource=_describe(service),
            span_limits=SpanLimits(max_span_attribute_length=LONGEST_ID),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(BoundedQueue(exporter))
        return cls(provider, provider.get_tracer("vedette"), TraceContextTextMapPropagator())

    def begin(self, name: str, parent: TraceContext | None, ids: Mapping[str, str]) -> OtlpSpan:
        """As the port says."""
        context = Context()
        if parent is not None:
            context = self.propagator.extract(parent.write_fields(), context)
        attributes = {PREFIX + key: value for key, value in ids.items()}
        kind = KINDS.get(name, SpanKind.INTERNAL)
        span = self.tracer.start_span(name, context, kind, attributes)
        return OtlpSpan(span, _read_trace(span.get_span_context()))

    def stop(self) -> None:
        """Send what is left; blocks 3 seconds at most."""
        # the SDK would wait for half a minute
        sending = threading.Thread(target=self.provider.shutdown, name="spans", daemon=True)
        sending.start()
        sending.join(STOP_SECONDS)


def _read_trace(context: SpanContext) -> TraceContext:
    return TraceContext(
        format_trace_id(context.trace_id),
        format_span_id(context.span_id),
        f"{context.trace_flags:02x}",
        context.trace_state.to_header(),
    )


def _describe(service: str) -> Resource:
    """The service by its name and release; the environment's own attributes win."""
    ours = Resource(
        {
            "service.name": f"vedette-{service}",
            "service.namespace": "vedette",
            "service.version": version("vedette"),
        }
    )
    return ours.merge(OTELResourceDetector().detect())
