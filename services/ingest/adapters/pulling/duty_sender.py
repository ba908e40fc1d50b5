"""Tells duty engineers of sources that cannot be fetched."""

from dataclasses import dataclass

from schemas.envelope import SIGNAL, cloud_headers
from schemas.signal import Signal
from services.ingest.domain.batch import BATCH_SOURCE, EventsMessage
from services.ingest.domain.ports import Publisher, Unavailable
from services.telemetry import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class DutySender:
    """Sends hits of duty windows to the signals topic, which `publisher` writes."""

    publisher: Publisher

    async def send(self, signal: Signal) -> bool:
        """Whether Kafka has it; False: send it later."""
        identity = f"{signal.rule}/{signal.identity}"
        headers = cloud_headers(SIGNAL, identity, BATCH_SOURCE, signal.occurred_at)
        value = signal.model_dump_json(exclude_defaults=True).encode()
        try:
            partition = self.publisher.partition_of(signal.key)
            message = EventsMessage(partition, signal.key, value, headers, ())
            return all(await self.publisher.publish([message]))
        except Unavailable as error:
            log.warning("duty engineers not told", error=str(error))
            return False
