"""The watchdog: reports of Vedette itself in every partition; people are alerted if they stop."""

from datetime import datetime

from schemas.duty import WATCHDOG, WATCHDOG_SOURCE
from schemas.envelope import EVENT, cloud_headers
from schemas.event import Event
from services.ingest.domain.batch import EventsMessage


def watchdog_messages(partitions: int, now: datetime) -> list[EventsMessage]:
    """One message for each partition of the events topic."""
    return [_build_message(partition, now) for partition in range(partitions)]


def _build_message(partition: int, now: datetime) -> EventsMessage:
    event = Event(
        id=f"{now.isoformat()}/{partition}",
        source=WATCHDOG_SOURCE,
        type=WATCHDOG,
        title="Reports come through",
        occurred_at=now,
        recorded_at=now,
    )
    value = event.model_dump_json(exclude_defaults=True).encode()
    headers = cloud_headers(EVENT, event.id, event.source, now, now)
    return EventsMessage(partition, event.key, value, headers, ())
