"""Panes: a state in parts, so that one more hit writes one part and not the whole.

The hits lie in panes of time, and a pane with many of them in several chunks; all else of a state
is its head, which names the panes. Panes go with their time, so forgetting deletes whole parts.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby

import msgspec

from services.matcher.domain.windows.state import Hit, WindowState, instant, micros, span
from services.matcher.domain.windows.window_rule import WindowRule

PANES = 64
LARGEST_CHUNK = 200

Pane = tuple[int, int, int]
"""Width in microseconds, number of the pane in time, number of the chunk in the pane."""
Panes = Mapping[Pane, tuple[Hit, ...]]


class Front(msgspec.Struct, frozen=True, array_like=True):
    """The front of a head: what a partition's schedule needs, without the state behind it.

    `due` is when the state is due, in microseconds since 1970, by a rule that keeps `time`.
    """

    offset: int
    time: str
    due: int | None
    panes: tuple[Pane, ...]

    @property
    def when(self) -> datetime | None:
        """When it is due, as an aware UTC time."""
        return None if self.due is None else instant(self.due)


class Head(msgspec.Struct, frozen=True, array_like=True):
    """A state without its hits, behind its front."""

    offset: int
    time: str
    due: int | None
    panes: tuple[Pane, ...]
    state: WindowState


def panes_of(rule: WindowRule, state: WindowState) -> Panes:
    """The hits of a state by pane, in order."""
    width = max(1, span(rule.retention) // PANES)
    found: dict[Pane, tuple[Hit, ...]] = {}
    for number, hits in groupby(state.hits, key=lambda hit: hit.at // width):
        together = tuple(hits)
        for start in range(0, len(together), LARGEST_CHUNK):
            chunk = together[start : start + LARGEST_CHUNK]
            found[width, number, start // LARGEST_CHUNK] = chunk
    return found


def encode_head(
    state: WindowState, panes: Iterable[Pane], due: datetime | None = None, time: str = ""
) -> bytes:
    """The head of a state as JSON; without `time` nobody takes its word for when it is due."""
    at = None if due is None else micros(due)
    bare = msgspec.structs.replace(state, hits=())
    return _ENCODER.encode(Head(state.offset, time, at, tuple(panes), bare))


def decode_front(raw: bytes) -> Front:
    """The front of what `encode_head` made, at a tenth of the price of all.

    Raises:
        msgspec.ValidationError: these bytes are no head.
    """
    return _FRONT.decode(raw)


def decode_head(raw: bytes) -> Head:
    """The head back from `encode_head`.

    Raises:
        msgspec.ValidationError: these bytes are no head.
    """
    return _HEAD.decode(raw)


def encode_pane(hits: tuple[Hit, ...]) -> bytes:
    """The hits of one pane as JSON."""
    return _ENCODER.encode(hits)


def whole(head: Head, pane: Callable[[Pane], bytes | None]) -> WindowState:
    """The state of a head, its panes read by `pane`; one that is gone counts as empty."""
    raw = (pane(one) for one in head.panes)
    hits = tuple(hit for one in raw if one is not None for hit in _PANE.decode(one))
    return msgspec.structs.replace(head.state, hits=hits)


_ENCODER = msgspec.json.Encoder()
_FRONT = msgspec.json.Decoder(Front)
_HEAD = msgspec.json.Decoder(Head)
_PANE = msgspec.json.Decoder(tuple[Hit, ...])
