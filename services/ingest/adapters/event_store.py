"""Events to Kafka, with their stories."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.adapters.clustering import Clustering
from services.ingest.domain.batch import batch_events
from services.ingest.domain.normalize import StoredEvent
from services.ingest.domain.ports import Publisher, Unavailable
from services.ingest.domain.result import ReportResult, accept, leave_unacknowledged

NOT_ACKNOWLEDGED = "Kafka did not acknowledge it in time: send it again"


@dataclass(frozen=True, slots=True)
class EventStore:
    """Stores events; `clustering` finds their stories, if these are found at all."""

    publisher: Publisher
    clustering: Clustering | None = None

    async def store(self, events: Sequence[StoredEvent]) -> list[ReportResult]:
        """The result of each event, in order; accepted means acknowledged by Kafka."""
        if self.clustering is not None:
            events = await self.clustering.add_stories(events)
        try:
            messages = batch_events(events, self.publisher.partition_of)
            acknowledgements = await self.publisher.publish(messages)
        except Unavailable as error:
            return [leave_unacknowledged(stored.event, str(error)) for stored in events]
        acknowledged = {
            position
            for message, is_acknowledged in zip(messages, acknowledgements, strict=True)
            if is_acknowledged
            for position in message.positions
        }
        return [
            accept(stored.event)
            if position in acknowledged
            else leave_unacknowledged(stored.event, NOT_ACKNOWLEDGED)
            for position, stored in enumerate(events)
        ]
