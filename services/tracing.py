"""Spans: the parts of a report's way from ingest to a receiver, and the trace that joins them.

Every hop passes the trace on and names it in its log. Spans are recorded and sent to a collector
only where one is configured; see docs/tracing.md.
"""

from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from services.trace_context import TraceContext, begin_trace, write_record_traces


class RecordedSpan(Protocol):
    """A span that a collector will get. No method blocks or raises."""

    @property
    def trace(self) -> TraceContext:
        """What the next hop continues."""

    def note(self, ids: Mapping[str, str]) -> None:
        """Add what the span is about."""

    def end(self, error: str | None) -> None:
        """It is over; `error` is the kind of what ended it, if it failed."""


class SpanRecorder(Protocol):
    """Records spans and sends them beside the work. No method blocks or raises."""

    def begin(self, name: str, parent: TraceContext | None, ids: Mapping[str, str]) -> RecordedSpan:
        """A span that begins now; without a `parent` the first of its trace."""

    def stop(self) -> None:
        """Send what is left; blocks some seconds at most."""


@dataclass(slots=True)
class _Process:
    """What this process records spans with; None: it only passes traces on."""

    recorder: SpanRecorder | None = None


_PROCESS = _Process()


@dataclass(slots=True)
class TraceSpan:
    """One part of the way: within its `with` block it is the current one of the thread or task.

    `ids` say what it is about (event, alert, receiver), never what a report says; log lines of the
    block have them too. `context` is where it belongs; where that is None and `begins` is set, it
    begins a trace once anything asks for that: of most reports nothing is sent or logged.
    """

    name: str
    context: TraceContext | None
    ids: dict[str, str]
    recorded: RecordedSpan | None = None
    begins: bool = False
    outer: "TraceSpan | None" = field(default=None, init=False)

    @property
    def trace(self) -> TraceContext | None:
        """What is sent within it continues; None: it belongs to no trace."""
        if self.context is None and self.begins:
            self.context = begin_trace()
        return self.context

    def __enter__(self) -> Self:
        self.outer = _CURRENT.get()
        _CURRENT.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # not by a token: a task that is thrown away at the end is closed in another context
        _CURRENT.set(self.outer)
        self.end(None if kind is None else kind.__name__)

    def end(self, error: str | None = None) -> None:
        """It is over; only for one that has no `with` block."""
        if self.recorded is not None:
            self.recorded.end(error)


_CURRENT: ContextVar[TraceSpan | None] = ContextVar("span", default=None)


def begin_span(name: str, parent: TraceContext | None, **ids: str) -> TraceSpan:
    """A span that continues `parent`, or else begins a trace."""
    recorder = _PROCESS.recorder
    if recorder is None:
        return TraceSpan(name, parent, ids, begins=True)
    recorded = recorder.begin(name, parent, ids)
    return TraceSpan(name, recorded.trace, ids, recorded)


def continue_span(name: str, parent: TraceContext | None, **ids: str) -> TraceSpan:
    """A span that continues `parent`; without one it is neither recorded nor passed on."""
    return TraceSpan(name, None, ids) if parent is None else begin_span(name, parent, **ids)


def inner_span(name: str, **ids: str) -> TraceSpan:
    """A span within the current one, as `continue_span`."""
    return continue_span(name, current_trace(), **ids)


def carry_trace(trace: TraceContext | None, **ids: str) -> TraceSpan:
    """No part of its own: what begins within the block continues `trace`."""
    return TraceSpan("", trace, ids)


def note_ids(**ids: str) -> None:
    """Add to what the current span is about."""
    span = _CURRENT.get()
    if span is not None:
        span.ids.update(ids)
        if span.recorded is not None:
            span.recorded.note(ids)


def current_trace() -> TraceContext | None:
    """What a message that is sent now continues."""
    span = _CURRENT.get()
    return None if span is None else span.trace


def request_headers() -> dict[str, str]:
    """The headers of an HTTP request that is sent now."""
    trace = current_trace()
    return {} if trace is None else trace.write_fields()


def record_headers() -> list[tuple[str, bytes]]:
    """The headers of a Kafka record that is sent now."""
    return write_record_traces([current_trace()])


def name_trace() -> dict[str, str]:
    """The labels of an exemplar that is measured now."""
    trace = current_trace()
    return {} if trace is None else {"trace_id": trace.trace_id}


def add_trace(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The log line with the current trace and what its spans are about; its own fields stay."""
    span = _CURRENT.get()
    if span is not None and span.trace is not None:
        line.setdefault("trace_id", span.trace.trace_id)
    while span is not None:
        for name, value in span.ids.items():
            line.setdefault(name, value)
        span = span.outer
    return line


def record_spans(recorder: SpanRecorder | None) -> SpanRecorder | None:
    """Record spans from now on, or none; returns what recorded them until now."""
    before, _PROCESS.recorder = _PROCESS.recorder, recorder
    return before
