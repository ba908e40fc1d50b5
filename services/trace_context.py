"""Which trace a message belongs to: W3C Trace Context, in HTTP and in Kafka headers."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TRACEPARENT, TRACESTATE = "traceparent", "tracestate"
ITEM_TRACES = "traceparents"
"""Of a record whose items have different traces: theirs in order, between commas."""
_NAMES = (TRACEPARENT, TRACESTATE, ITEM_TRACES)
LONGEST_PARENT = 256
LONGEST_STATE = 512

_PARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
_STATE = re.compile(r"[\x20-\x7e]+")
_FIRST_VERSION = "00"
_SAMPLED = "01"


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A span and its trace, in hexadecimal digits, as the next hop is to know them.

    `state` is what other parties' tracing adds; it is passed on.
    """

    trace_id: str
    span_id: str
    flags: str = _SAMPLED
    state: str = ""

    def write_fields(self) -> dict[str, str]:
        """The headers by which it travels."""
        fields = {TRACEPARENT: f"{_FIRST_VERSION}-{self.trace_id}-{self.span_id}-{self.flags}"}
        if self.state:
            fields[TRACESTATE] = self.state
        return fields


def begin_trace() -> TraceContext:
    """A trace that nothing belongs to yet."""
    # not a secret: asking the system for each would take longer than the rest of an unrecorded span
    digits = f"{random.getrandbits(192):048x}"
    return TraceContext(digits[:32], digits[32:])


def read_trace(fields: Mapping[str, str]) -> TraceContext | None:
    """What `write_fields`, ours or another party's, wrote; None where that is missing or malformed.

    A state that is malformed is left out alone.
    """
    parent = fields.get(TRACEPARENT)
    if parent is None:
        return None
    state = fields.get(TRACESTATE) or ""
    match = _PARENT.fullmatch(parent) if len(parent) <= LONGEST_PARENT else None
    if match is None or (match[1] == _FIRST_VERSION and match[5] is not None):
        return None
    is_state = len(state) <= LONGEST_STATE and _STATE.fullmatch(state) is not None
    return TraceContext(match[2], match[3], match[4], state if is_state else "")


RecordHeaders = Iterable[tuple[str, bytes | None]] | None


def read_record_trace(headers: RecordHeaders) -> TraceContext | None:
    """The trace of a Kafka record: of two headers of one name the last counts."""
    return read_trace(_decode(headers))


@dataclass(frozen=True, slots=True)
class ItemTraces:
    """The traces of a record's items: one for all, or one for each, in order."""

    shared: TraceContext | None
    parents: Sequence[str] = ()

    @classmethod
    def of(cls, headers: RecordHeaders) -> "ItemTraces":
        """What the headers say; what is malformed there counts as missing."""
        fields = _decode(headers)
        # a dead letter of one item keeps the traces of all, and has its own behind them
        shared, parents = read_trace(fields), fields.get(ITEM_TRACES)
        return cls(shared) if shared or not parents else cls(None, parents.split(","))

    def find(self, number: int) -> TraceContext | None:
        """The trace of the item of this number."""
        if number >= len(self.parents):
            return self.shared
        return read_trace({TRACEPARENT: self.parents[number]})


def write_record_traces(traces: Sequence[TraceContext | None]) -> list[tuple[str, bytes]]:
    """The headers of a record whose items have these traces; their states stay behind."""
    first = traces[0]
    if all(trace == first for trace in traces):
        return [] if first is None else _encode(first.write_fields())
    parents = ("" if trace is None else trace.write_fields()[TRACEPARENT] for trace in traces)
    return _encode({ITEM_TRACES: ",".join(parents)})


def _decode(headers: RecordHeaders) -> dict[str, str]:
    values = dict(headers or ())
    return {
        name: value.decode("ascii", "replace")
        for name in _NAMES
        if (value := values.get(name)) is not None
    }


def _encode(fields: Mapping[str, str]) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in fields.items()]
