"""Events that arrive together → messages: those of one partition travel as batches."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from schemas.envelope import EVENT, EVENTS_BATCH, Headers, cloud_headers
from schemas.event import LARGEST_BATCH
from services.ingest.domain.normalize import StoredEvent
from services.trace_context import write_record_traces

MOST_EVENTS = 64
BATCH_SOURCE = "vedette/ingest"
_BRACKETS = 2
_COMMA = 1

PartitionOf = Callable[[bytes], int]
"""The partition of a key."""


@dataclass(frozen=True, slots=True)
class EventsMessage:
    """One message of the events topic.

    `positions` are those of its events in the sequence that was batched.
    """

    partition: int
    key: bytes | None
    value: bytes
    headers: Headers
    positions: tuple[int, ...]


def batch_events(events: Sequence[StoredEvent], partition_of: PartitionOf) -> list[EventsMessage]:
    """Messages that carry `events`, in their order within each partition.

    The only event of a partition has a message and its key to itself; several become batches
    without a key, each at most 512 KiB and 64 events.
    """
    by_partition: dict[int, list[int]] = {}
    for position, stored in enumerate(events):
        by_partition.setdefault(partition_of(stored.event.key), []).append(position)
    return [
        _build_message(partition, chunk, events)
        for partition, positions in by_partition.items()
        for chunk in _split(positions, events)
    ]


def _split(positions: Sequence[int], events: Sequence[StoredEvent]) -> Iterator[list[int]]:
    chunk: list[int] = []
    size = _BRACKETS - _COMMA
    for position in positions:
        added = len(events[position].value) + _COMMA
        if chunk and (size + added > LARGEST_BATCH or len(chunk) == MOST_EVENTS):
            yield chunk
            chunk, size = [], _BRACKETS - _COMMA
        chunk.append(position)
        size += added
    yield chunk


def _build_message(
    partition: int, positions: Sequence[int], events: Sequence[StoredEvent]
) -> EventsMessage:
    if len(positions) == 1:
        return _build_single(partition, positions[0], events[positions[0]])
    value = b"[" + b",".join(events[position].value for position in positions) + b"]"
    last = events[positions[-1]].event
    identity = hashlib.sha256(value).hexdigest()[:32]
    headers = cloud_headers(EVENTS_BATCH, identity, BATCH_SOURCE, last.learned_at, last.learned_at)
    headers += write_record_traces([events[position].trace for position in positions])
    return EventsMessage(partition, None, value, headers, tuple(positions))


def _build_single(partition: int, position: int, stored: StoredEvent) -> EventsMessage:
    event = stored.event
    headers = cloud_headers(EVENT, event.id, event.source, event.occurred_at, event.recorded_at)
    headers += write_record_traces([stored.trace])
    return EventsMessage(partition, event.key, stored.value, headers, (position,))
