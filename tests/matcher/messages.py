"""Builders of Kafka messages as the agents receive them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.event import Event
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.tick import Tick
from services.matcher.adapters.topics.codec import encode_retraction, encode_signal, encode_tick
from tests.matcher.builders import NOON

AT = NOON.isoformat()


@dataclass(frozen=True)
class Given:
    """One message; partition 1 of its topic by default."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    key: bytes | None = b"a-key"
    topic: str = "vedette.events"
    partition: int = 1
    offset: int = 7
    timestamp: float = 0.0
    timestamp_type: int = 0


def event(**changes: Any) -> dict[str, Any]:
    """A valid event as a mapping."""
    whole = {"id": "e-1", "source": "reuters", "title": "Rockets", "occurred_at": AT}
    return whole | {"recorded_at": AT} | changes


def as_event(**changes: Any) -> Event:
    """A valid event."""
    return Event.model_validate(event(**changes))


def given(body: Mapping[str, Any] | Sequence[Any]) -> Given:
    """A message of this JSON, without headers."""
    return Given(json.dumps(body).encode())


def tick(
    time: datetime = NOON, partition: int = 0, partitions: int = 1, backfilled: int = 0
) -> Tick:
    """A tick of an events partition."""
    return Tick(time=time, partition=partition, partitions=partitions, backfilled=backfilled)


def tick_message(tick: Tick, *, partition: int = 1, offset: int = 7) -> Given:
    """A tick as a message."""
    record = encode_tick(tick, partition)
    return Given(record.value, record.headers, None, partition=partition, offset=offset)


def signal_message(signal: Signal, offset: int = 7) -> Given:
    """A signal as a message of the signals topic."""
    record = encode_signal(signal)
    return Given(record.value, record.headers, record.key, "vedette.signals", offset=offset)


def retraction_message(
    identity: str, offset: int = 7, *, by: str = "reuters later", time: datetime = NOON
) -> Given:
    """The retraction of an event, by another one, as a message of the signals topic."""
    retraction = Retraction(identity=identity, by=by, recorded_at=time)
    record = encode_retraction(retraction, 1)
    return Given(record.value, record.headers, None, "vedette.signals", offset=offset)
