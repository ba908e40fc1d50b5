"""Panes: a state in parts, so that another hit writes one part instead of all.

Hits lie in the panes of their `Ordered`, alerts in those of their `AnnouncedAlerts`, but the last
one, so that a key with few alerts has no part of them that each hit would write. The times of
retracted and of dropped events are split by time into panes of a few; where too many have the very
same time, by a hash of their identities. The head of a state has everything else and names the
panes. A part has a bounded number of bounded
items, so it fits a message, whatever a state holds. An item that comes or goes changes the pane
that it is in, which may split or join with its neighbour, and no other.

Each part begins with the version of its schema, by the rule of schemas.version. As an added key
counts a field that is the last of its struct and has a default: decoding ignores items behind the
last that it knows. A field that is removed or moved needs a new version.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from schemas.version import SCHEMA_VERSION, check_version
from services.matcher.domain.windows.announced_alerts import (
    AlertPane,
    AnnouncedAlert,
    AnnouncedAlerts,
)
from services.matcher.domain.windows.ordered import LARGEST_PANE, NumberedPane, Ordered
from services.matcher.domain.windows.pane_names import Content, DatedEvent, Items, Pane, Panes
from services.matcher.domain.windows.sections import split_numbers
from services.matcher.domain.windows.state import Hit, WindowState, instant, micros
from services.matcher.domain.windows.stored_value import Versioned, decode_versioned

_EARLIEST = -(2**60)
_DIGEST = 7


NumberRange = tuple[int, int]
"""The first and the last of numbers that follow one another."""


class _Part(msgspec.Struct, frozen=True, array_like=True):
    version: int

    def __post_init__(self) -> None:
        check_version(self.version)


class _PaneVersion(msgspec.Struct, frozen=True, array_like=True):
    version: int


class Front(_Part, frozen=True, array_like=True):
    """The beginning of a head: what a schedule reads of a state.

    `due` is when the state is due, in microseconds since 1970, by a rule of that `timing`.
    """

    offset: int
    timing: str
    due: int | None
    numbered: tuple[NumberRange, ...]
    dated: tuple[Pane, ...]

    @property
    def panes(self) -> tuple[Pane, ...]:
        """The names of all panes; those of hits in order."""
        numbers = (number for first, last in self.numbered for number in range(first, last + 1))
        return (*(Pane(Content.HITS, number=number) for number in numbers), *self.dated)

    @property
    def due_at(self) -> datetime | None:
        """`due` as an aware UTC time."""
        return None if self.due is None else instant(self.due)


class Head(Front, frozen=True, array_like=True):
    """A state without what lies in its panes."""

    state: WindowState


class _PaneHits(_Part, frozen=True, array_like=True):
    items: tuple[Hit, ...]


class _PaneAlerts(_Part, frozen=True, array_like=True):
    items: tuple[AnnouncedAlert, ...]


class _PaneSuspicion(_Part, frozen=True, array_like=True):
    items: tuple[WindowState, ...]


class _HitIdentity(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a Hit."""

    at: int
    identity: str


class _PaneIdentities(_Part, frozen=True, array_like=True):
    items: tuple[_HitIdentity, ...]


class _PaneEvents(_Part, frozen=True, array_like=True):
    items: tuple[DatedEvent, ...]


def split_events(state: WindowState) -> Panes:
    """The dated events of a state by pane."""
    return {
        pane: items
        for content, all_items in (
            (Content.RETRACTIONS, _date_events(state.retractions)),
            (Content.DROPPED_LIVE, _date_events(state.dropped_live)),
        )
        if all_items
        for pane, items in _split_by_time(content, all_items)
    }


def name_panes(panes: Iterable[NumberedPane[Hit]], content: Content = Content.HITS) -> Panes:
    """The hits of panes, by their names."""
    return {Pane(content, number=pane.number): pane.items for pane in panes}


def name_alerts(panes: Iterable[AlertPane]) -> Panes:
    """The alerts of panes, by their names."""
    return {Pane(Content.ALERTS, number=pane.number): pane.items for pane in panes}


def split_suspicion(state: WindowState, panes: Iterable[NumberedPane[Hit]]) -> Panes:
    """The second evaluation of a state, and some panes of its hits, by pane."""
    if state.suspicion is None:
        return {}
    bare = msgspec.structs.replace(state.suspicion, hits=Ordered(), evaluation=None)
    own = {Pane(Content.SUSPICION, number=bare.offset): (bare,)}
    return {**own, **name_panes(panes, Content.SUSPECTED)}


def _date_events(times: Mapping[str, int]) -> tuple[DatedEvent, ...]:
    return tuple(sorted(DatedEvent(at, identity) for identity, at in times.items()))


def _split_by_time(content: Content, items: tuple[DatedEvent, ...]) -> Iterator[tuple[Pane, Items]]:
    times = [item.at - _EARLIEST for item in items]
    for start, end, bits, number in split_numbers(times, LARGEST_PANE):
        if end - start <= LARGEST_PANE:
            yield Pane(content, bits, number), items[start:end]
        else:
            yield from _split_by_hash(content, items[start:end])


def _split_by_hash(content: Content, items: tuple[DatedEvent, ...]) -> Iterator[tuple[Pane, Items]]:
    """The panes of items that have one time."""
    hashed = sorted(items, key=_hash)
    for start, end, bits, number in split_numbers([*map(_hash, hashed)], LARGEST_PANE):
        yield Pane(content, bits, number, items[0].at), tuple(hashed[start:end])


def _hash(item: DatedEvent) -> int:
    # nobody can find enough identities with the same one
    return int.from_bytes(blake2b(item.identity.encode(), digest_size=_DIGEST).digest())


def encode_head(
    state: WindowState, others: Iterable[Pane], due: datetime | None = None, timing: str = ""
) -> bytes:
    """The head of a state as JSON; `others` are the panes of all but the hits by words.

    Without a `timing`, no rule trusts its `due`.
    """
    at = None if due is None else micros(due)
    bare = msgspec.structs.replace(
        state,
        hits=Ordered(),
        retractions={},
        announced=AnnouncedAlerts(state.announced.panes[-1:]),
        dropped_live={},
        evaluation=None,
        suspicion=None,
    )
    numbers = tuple(_join_numbers(pane.number for pane in state.hits.panes))
    head = Head(SCHEMA_VERSION, state.offset, timing, at, numbers, tuple(others), bare)
    return _ENCODER.encode(head)


def _join_numbers(numbers: Iterable[int]) -> Iterator[NumberRange]:
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = number
        elif number != last + 1:
            yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


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


def move_head(raw: bytes, offset: int) -> bytes:
    """The head of a state that goes over to another partition: its last message is at `offset`.

    Raises:
        NewerSchema: a later release wrote it.
        msgspec.ValidationError: it is no head.
    """
    head = decode_head(raw)
    state = msgspec.structs.replace(head.state, offset=offset)
    return _ENCODER.encode(msgspec.structs.replace(head, offset=offset, state=state))


def encode_pane(pane: Pane, items: Items) -> bytes:
    """The items of one pane as JSON."""
    return _ENCODER.encode(_PARTS[pane.content](SCHEMA_VERSION, items))


def decode_pane(pane: Pane, raw: bytes) -> Items:
    """The items that `encode_pane` encoded.

    Raises:
        NewerSchema: a later release wrote them.
        msgspec.ValidationError: they are none.
    """
    part: _PaneHits | _PaneEvents | _PaneSuspicion | _PaneAlerts = decode_versioned(
        raw, _DECODERS[pane.content], _VERSION
    )
    return part.items


def decode_identities(raw: bytes) -> list[str]:
    """The events that the hits of a pane are of; the rest of the hits is not decoded.

    Raises:
        NewerSchema: a later release wrote it.
        msgspec.ValidationError: it is no pane of hits.
    """
    part = decode_versioned(raw, _IDENTITIES, _VERSION)
    return [item.identity for item in part.items]


def _encode_items(items: Ordered[Hit] | AnnouncedAlerts) -> tuple[AnnouncedAlert, ...] | None:
    """The hits of a head are in its panes."""
    return tuple(items) if isinstance(items, AnnouncedAlerts) else None


def _decode_items(type_: type[Any], raw: object) -> Ordered[Hit] | AnnouncedAlerts:
    if type_ is not AnnouncedAlerts:
        return Ordered()
    return AnnouncedAlerts.of(msgspec.convert(raw, tuple[AnnouncedAlert, ...]))


_ENCODER = msgspec.json.Encoder(enc_hook=_encode_items)
_VERSION: msgspec.json.Decoder[Versioned] = msgspec.json.Decoder(_PaneVersion)
_FRONT = msgspec.json.Decoder(Front)
_HEAD = msgspec.json.Decoder(Head, dec_hook=_decode_items)
_PARTS: Mapping[Content, Any] = {
    Content.HITS: _PaneHits,
    Content.RETRACTIONS: _PaneEvents,
    Content.DROPPED_LIVE: _PaneEvents,
    Content.SUSPICION: _PaneSuspicion,
    Content.SUSPECTED: _PaneHits,
    Content.ALERTS: _PaneAlerts,
}
_IDENTITIES = msgspec.json.Decoder(_PaneIdentities)
_DECODERS = {
    content: msgspec.json.Decoder(part, dec_hook=_decode_items) for content, part in _PARTS.items()
}
