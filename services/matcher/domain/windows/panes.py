"""Panes: a state in parts, so that another hit writes one part instead of all.

Hits are split into panes of time, and a pane with many hits into chunks. The head of a state has
everything else and names the panes. Forgetting deletes whole panes.

Each part begins with SCHEMA_VERSION. A field may be added without a new version if it is the last
of its struct and has a default: decoding ignores keys, and items behind the last, that it does not
know, and supplies defaults for missing ones. A field that is removed, moved or changed in meaning
needs a new version, and code that reads the one before.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby

import msgspec

from services.matcher.domain.windows.state import Hit, WindowState, instant, micros, span
from services.matcher.domain.windows.window_rule import WindowRule

SCHEMA_VERSION = 1
PANES = 64
LARGEST_CHUNK = 200

Pane = tuple[int, int, int]
"""Width in microseconds, number of the pane in time, number of the chunk in the pane."""
Panes = Mapping[Pane, tuple[Hit, ...]]


class _Part(msgspec.Struct, frozen=True, array_like=True):
    version: int

    def __post_init__(self) -> None:
        if self.version != SCHEMA_VERSION:
            raise ValueError(f"state of schema version {self.version}, not {SCHEMA_VERSION}")


class Front(_Part, frozen=True, array_like=True):
    """The beginning of a head: what a schedule reads of a state.

    `due` is when the state is due, in microseconds since 1970, by a rule of that `timing`.
    """

    offset: int
    timing: str
    due: int | None
    panes: tuple[Pane, ...]

    @property
    def due_at(self) -> datetime | None:
        """`due` as an aware UTC time."""
        return None if self.due is None else instant(self.due)


class Head(Front, frozen=True, array_like=True):
    """A state without its hits."""

    state: WindowState


class _PaneHits(_Part, frozen=True, array_like=True):
    hits: tuple[Hit, ...]


def split_hits(rule: WindowRule, state: WindowState) -> Panes:
    """The hits of a state by pane, in order."""
    width = max(1, span(rule.retention) // PANES)
    return {
        (width, number, start // LARGEST_CHUNK): hits[start : start + LARGEST_CHUNK]
        for number, group in groupby(state.hits, key=lambda hit: hit.at // width)
        for hits in (tuple(group),)
        for start in range(0, len(hits), LARGEST_CHUNK)
    }


def encode_head(
    state: WindowState, panes: Iterable[Pane], due: datetime | None = None, timing: str = ""
) -> bytes:
    """The head of a state as JSON. Without a `timing`, no rule trusts its `due`."""
    at = None if due is None else micros(due)
    bare = msgspec.structs.replace(state, hits=())
    return _ENCODER.encode(Head(SCHEMA_VERSION, state.offset, timing, at, tuple(panes), bare))


def decode_front(raw: bytes) -> Front:
    """The beginning of a head, at a tenth of the cost of all of it.

    Raises:
        msgspec.ValidationError: it is no head, or of another schema version.
    """
    return _FRONT.decode(raw)


def decode_head(raw: bytes) -> Head:
    """The head that `encode_head` encoded.

    Raises:
        msgspec.ValidationError: it is no head, or of another schema version.
    """
    return _HEAD.decode(raw)


def encode_pane(hits: tuple[Hit, ...]) -> bytes:
    """The hits of one pane as JSON."""
    return _ENCODER.encode(_PaneHits(SCHEMA_VERSION, hits))


def assemble_state(head: Head, read_pane: Callable[[Pane], bytes | None]) -> WindowState:
    """The state of a head with the hits of its panes; None for a pane counts as no hits."""
    parts = map(read_pane, head.panes)
    hits = tuple(hit for raw in parts if raw is not None for hit in _PANE.decode(raw).hits)
    return msgspec.structs.replace(head.state, hits=hits)


_ENCODER = msgspec.json.Encoder()
_FRONT = msgspec.json.Decoder(Front)
_HEAD = msgspec.json.Decoder(Head)
_PANE = msgspec.json.Decoder(_PaneHits)
