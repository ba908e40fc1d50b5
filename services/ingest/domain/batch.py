"""Events that arrive together → messages: what shares a partition travels as one bundle."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from schemas.envelope import EVENT, EVENTS_BATCH, Headers, cloud_headers
from schemas.event import LARGEST_BATCH
from services.ingest.domain.normalize import StoredEvent

MOST_EVENTS = 64
BATCH_SOURCE = "vedette/ingest"

Partition = Callable[[bytes], int]
"""The partition of a key."""


@dataclass(frozen=True, slots=True)
class EventsMessage:
    """One Kafka message; `places` are those of its events in the sequence that was bundled."""

    partition: int
    key: bytes | None
    value: bytes
    headers: Headers
    places: tuple[int, ...]


def batch_events(events: Sequence[StoredEvent], partition_of: Partition) -> list[EventsMessage]:
    """Messages that carry `events`, in their order within each partition.

    One event stays single and keyed; several of a partition become bundles without a key,
    each at most 512 KiB and 64 events.
    """
    by_partition: dict[int, list[int]] = {}
    for place, taken in enumerate(events):
        by_partition.setdefault(partition_of(taken.event.key), []).append(place)
    return [
        _message(partition, chunk, events)
        for partition, places in by_partition.items()
        for chunk in _chunks(places, events)
    ]


def _chunks(places: Sequence[int], events: Sequence[StoredEvent]) -> Iterator[list[int]]:
    chunk: list[int] = []
    size = 2
    for place in places:
        more = len(events[place].value) + 1
        if chunk and (size + more > LARGEST_BATCH or len(chunk) == MOST_EVENTS):
            yield chunk
            chunk, size = [], 2
        chunk.append(place)
        size += more
    yield chunk


def _message(partition: int, places: Sequence[int], events: Sequence[StoredEvent]) -> EventsMessage:
    if len(places) == 1:
        return _single(partition, places[0], events[places[0]])
    value = b"[" + b",".join(events[place].value for place in places) + b"]"
    last = events[places[-1]].event
    recorded = last.recorded_at or last.occurred_at
    identity = hashlib.sha256(value).hexdigest()[:32]
    headers = cloud_headers(EVENTS_BATCH, identity, BATCH_SOURCE, recorded, recorded)
    return EventsMessage(partition, None, value, headers, tuple(places))


def _single(partition: int, place: int, taken: StoredEvent) -> EventsMessage:
    event = taken.event
    headers = cloud_headers(EVENT, event.id, event.source, event.occurred_at, event.recorded_at)
    return EventsMessage(partition, event.key, taken.value, headers, (place,))
