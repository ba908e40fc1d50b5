"""Panes: a state in parts, so that another hit writes one part instead of all.

Hits are split by time into panes of a few hits; where too many have the very same time, by a hash
of their identities. So are the times of retracted and of dropped events. The head of a state has
everything else and names the panes. A part has a bounded number of bounded items, so it fits a
message, whatever a state holds. Panes are a function of the items, and an item that comes or goes
changes the pane that it is in, which may split or join with its neighbour, and no other.

Each part begins with the version of its schema, by the rule of schemas.version. As an added key
counts a field that is the last of its struct and has a default: decoding ignores items behind the
last that it knows. A field that is removed or moved needs a new version.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import IntEnum
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from schemas.version import SCHEMA_VERSION, check_version
from services.matcher.domain.windows.sections import split_numbers
from services.matcher.domain.windows.state import Hit, WindowState, instant, micros
from services.matcher.domain.windows.stored_value import Versioned, decode_versioned

LARGEST_PANE = 16
"""Hits, or times, in one pane: of signals of the largest size a pane has 800 KB."""
_EARLIEST = -(2**60)
_DIGEST = 7


class Content(IntEnum):
    """What a pane holds: some of the hits, of the retractions, or of `dropped_live`."""

    HITS = 0
    RETRACTIONS = 1
    DROPPED_LIVE = 2


class Pane(NamedTuple):
    """The name of a pane: its items are those in the `number`-th interval of 2^`bits`.

    The interval is of microseconds, or of hashes where all of its items have the time `at`.
    """

    content: Content
    bits: int = 0
    number: int = 0
    at: int | None = None


class DatedEvent(NamedTuple):
    """The identity of an event and its time."""

    at: int
    identity: str


Item = Hit | DatedEvent
Items = tuple[Item, ...]
Panes = Mapping[Pane, Items]


class _Part(msgspec.Struct, frozen=True, array_like=True):
    version: int

    def __post_init__(self) -> None:
        check_version(self.version)


class _OnlyVersion(msgspec.Struct, frozen=True, array_like=True):
    version: int


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
    """A state without what lies in its panes."""

    state: WindowState


class _PaneHits(_Part, frozen=True, array_like=True):
    items: tuple[Hit, ...]


class _PaneEvents(_Part, frozen=True, array_like=True):
    items: tuple[DatedEvent, ...]


def split_state(state: WindowState) -> Panes:
    """The hits and dated events of a state by pane."""
    return {
        pane: items
        for content, all_items in (
            (Content.HITS, state.hits),
            (Content.RETRACTIONS, _date_events(state.retractions)),
            (Content.DROPPED_LIVE, _date_events(state.dropped_live)),
        )
        if all_items
        for pane, items in _split_by_time(content, all_items)
    }


def _date_events(times: Mapping[str, int]) -> tuple[DatedEvent, ...]:
    return tuple(sorted(DatedEvent(at, identity) for identity, at in times.items()))


def _split_by_time(content: Content, items: tuple[Item, ...]) -> Iterator[tuple[Pane, Items]]:
    times = [item.at - _EARLIEST for item in items]
    for start, end, bits, number in split_numbers(times, LARGEST_PANE):
        if end - start <= LARGEST_PANE:
            yield Pane(content, bits, number), items[start:end]
        else:
            yield from _split_by_hash(content, items[start:end])


def _split_by_hash(content: Content, items: tuple[Item, ...]) -> Iterator[tuple[Pane, Items]]:
    """The panes of items that have one time."""
    hashed = sorted(items, key=_hash)
    for start, end, bits, number in split_numbers([*map(_hash, hashed)], LARGEST_PANE):
        yield Pane(content, bits, number, items[0].at), tuple(hashed[start:end])


def _hash(item: Item) -> int:
    # nobody can find enough identities with the same one
    name = f"{item.base} {item.identity}" if isinstance(item, Hit) else item.identity
    return int.from_bytes(blake2b(name.encode(), digest_size=_DIGEST).digest())


def encode_head(
    state: WindowState, panes: Iterable[Pane], due: datetime | None = None, timing: str = ""
) -> bytes:
    """The head of a state as JSON. Without a `timing`, no rule trusts its `due`."""
    at = None if due is None else micros(due)
    bare = msgspec.structs.replace(state, hits=(), retractions={}, dropped_live={})
    return _ENCODER.encode(Head(SCHEMA_VERSION, state.offset, timing, at, tuple(panes), bare))


def decode_front(raw: bytes) -> Front:
    """The beginning of a head, at a tenth of the cost of all of it.

    Raises:
        NewerSchema: a later release wrote it.
        msgspec.ValidationError: it is no head.
    """
    return decode_versioned(raw, _FRONT, _VERSION)


def decode_head(raw: bytes) -> Head:
    """The head that `encode_head` encoded.

    Raises:
        NewerSchema: a later release wrote it.
        msgspec.ValidationError: it is no head.
    """
    return decode_versioned(raw, _HEAD, _VERSION)


def encode_pane(pane: Pane, items: Items) -> bytes:
    """The items of one pane as JSON."""
    return _ENCODER.encode(_PARTS[pane.content](SCHEMA_VERSION, items))


def decode_pane(pane: Pane, raw: bytes) -> Items:
    """The items that `encode_pane` encoded.

    Raises:
        NewerSchema: a later release wrote them.
        msgspec.ValidationError: they are none.
    """
    part: _PaneHits | _PaneEvents = decode_versioned(raw, _DECODERS[pane.content], _VERSION)
    return part.items


def assemble_state(head: Head, panes: Panes) -> WindowState:
    """The state of a head with the items of its panes; one that is not in `panes` has none."""
    found: dict[Content, list[Any]] = {content: [] for content in Content}
    for pane in head.panes:
        found[pane.content] += panes.get(pane, ())
    return msgspec.structs.replace(
        head.state,
        hits=tuple(sorted(found[Content.HITS], key=lambda hit: hit.order)),
        retractions=_date_identities(found[Content.RETRACTIONS]),
        dropped_live=_date_identities(found[Content.DROPPED_LIVE]),
    )


def _date_identities(events: Iterable[DatedEvent]) -> dict[str, int]:
    return {event.identity: event.at for event in events}


_ENCODER = msgspec.json.Encoder()
_VERSION: msgspec.json.Decoder[Versioned] = msgspec.json.Decoder(_OnlyVersion)
_FRONT = msgspec.json.Decoder(Front)
_HEAD = msgspec.json.Decoder(Head)
_PARTS: Mapping[Content, Any] = {
    Content.HITS: _PaneHits,
    Content.RETRACTIONS: _PaneEvents,
    Content.DROPPED_LIVE: _PaneEvents,
}
_DECODERS = {content: msgspec.json.Decoder(part) for content, part in _PARTS.items()}
