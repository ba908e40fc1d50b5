"""A collector of OpenTelemetry, as far as spans go: OTLP over HTTP, in protobuf."""

from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.standins.server import Call, Json, StandIn, StandInAnswer

TRACES = "v1/traces"
ERROR = 2


@dataclass(frozen=True, slots=True)
class CollectedSpan:
    """One span as it came in; ids are hexadecimal, `parent` is empty for the first of a trace."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    ids: dict[str, str]
    is_error: bool


class CollectorStandIn(StandIn):
    """Keeps every span."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.spans: list[CollectedSpan] = []

    def act(self, call: Call) -> StandInAnswer:
        """Take the spans of a request."""
        if call.name != TRACES:
            return StandInAnswer(404, {})
        request = ExportTraceServiceRequest.FromString(call.raw)
        with self.lock:
            for group in request.resource_spans:
                service = _read(group.resource.attributes)["service.name"]
                self.spans += [
                    _read_span(service, span) for scope in group.scope_spans for span in scope.spans
                ]
        return StandInAnswer(200, {})

    def list_trace(self, trace: str) -> list[CollectedSpan]:
        """The spans of a trace so far."""
        with self.lock:
            return [span for span in self.spans if span.trace == trace]

    def state(self) -> Json:
        """The names of the spans."""
        return {"spans": [span.name for span in self.spans]}

    def forget(self) -> None:
        """Drop them."""
        self.spans.clear()


def _read_span(service: str, span: Any) -> CollectedSpan:
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return CollectedSpan(
        service, span.name, *ids, _read(span.attributes), span.status.code == ERROR
    )


def _read(attributes: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in attributes}
