"""Which trace a message belongs to: W3C Trace Context, in HTTP and in Kafka headers."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TRACEPARENT, TRACESTATE = "traceparent", "tracestate"
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
    return TraceContext(secrets.token_hex(16), secrets.token_hex(8))


def read_trace(fields: Mapping[str, str]) -> TraceContext | None:
    """What `write_fields`, ours or another party's, wrote; None where that is missing or malformed.

    A state that is malformed is left out alone.
    """
    parent, state = fields.get(TRACEPARENT) or "", fields.get(TRACESTATE) or ""
    match = _PARENT.fullmatch(parent) if len(parent) <= LONGEST_PARENT else None
    if match is None or (match[1] == _FIRST_VERSION and match[5] is not None):
        return None
    is_state = len(state) <= LONGEST_STATE and _STATE.fullmatch(state) is not None
    return TraceContext(match[2], match[3], match[4], state if is_state else "")


def read_record_trace(headers: Iterable[tuple[str, bytes | None]] | None) -> TraceContext | None:
    """The trace of a Kafka record: of two headers of one name the last counts."""
    return read_trace(
        {
            name: value.decode("ascii", "replace")
            for name, value in headers or ()
            if name in (TRACEPARENT, TRACESTATE) and value is not None
        }
    )
