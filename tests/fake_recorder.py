"""A fake recorder of spans."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.trace_context import TraceContext, begin_trace


@dataclass
class NotedSpan:
    """A recorded span, and how often it ended with which error."""

    name: str
    parent: TraceContext | None
    trace: TraceContext
    ids: dict[str, str]
    ended: list[str | None] = field(default_factory=list)

    def note(self, ids: Mapping[str, str]) -> None:
        self.ids |= ids

    def end(self, error: str | None) -> None:
        self.ended.append(error)


@dataclass
class FakeRecorder:
    """Keeps every span; ids are those of real traces."""

    spans: list[NotedSpan] = field(default_factory=list)
    is_stopped: bool = False

    def begin(self, name: str, parent: TraceContext | None, ids: Mapping[str, str]) -> NotedSpan:
        fresh = begin_trace()
        trace = fresh if parent is None else TraceContext(parent.trace_id, fresh.span_id)
        span = NotedSpan(name, parent, trace, dict(ids))
        self.spans.append(span)
        return span

    def stop(self) -> None:
        self.is_stopped = True
