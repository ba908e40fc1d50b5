"""One fake per port: it keeps the port's promises, and shows what it was told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.ingest.domain.bundle import Message
from services.ingest.domain.ports import Unavailable


@dataclass
class FakePublisher:
    """Kafka as ingest sees it: `away` takes nothing, partitions in `deaf` acknowledge nothing."""

    partitions: int = 4
    away: bool = False
    deaf: frozenset[int] = frozenset()
    published: list[Message] = field(default_factory=list)

    def partition_of(self, key: bytes) -> int:
        if self.away:
            raise Unavailable("Kafka: nobody there")
        return sum(key) % self.partitions

    async def publish(self, messages: Sequence[Message]) -> Sequence[bool]:
        await asyncio.sleep(0)
        self.published += [message for message in messages if message.partition not in self.deaf]
        return [message.partition not in self.deaf for message in messages]
