"""Kafka beside the stream: is it there, which topics has it, how many partitions."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Self

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

REQUEST_TIMEOUT_MS = 3000
LOOK_SECONDS = 5.0
BOOTSTRAP_SECONDS = 30.0


class KafkaUnusable(Exception):
    """Kafka is not there or lacks what the matcher needs; the message says which."""


@dataclass(slots=True)
class KafkaCluster:
    """A small client of its own, so that its answers do not wait behind the stream's."""

    client: AIOKafkaClient
    answered: float = field(default_factory=time.monotonic)

    @classmethod
    async def connect(cls, bootstrap: str, patience: float = BOOTSTRAP_SECONDS) -> Self:
        """Connected to Kafka; waits `patience` seconds for it at most.

        Raises:
            KafkaUnusable: nothing answers there.
        """
        client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
        deadline = time.monotonic() + patience
        while True:
            try:
                await client.bootstrap()
            except KafkaError:
                if time.monotonic() > deadline:
                    await client.close()
                    raise KafkaUnusable(f"no Kafka answers at {bootstrap}") from None
                await asyncio.sleep(0.5)
            else:
                return cls(client)

    async def partitions(self, topic: str) -> int:
        """The number of its partitions, asked now.

        Raises:
            KafkaUnusable: there is no such topic. It is never created by asking.
        """
        try:
            known = (await self.client.fetch_all_metadata()).partitions_for_topic(topic)
        except KafkaError as error:
            raise KafkaUnusable(f"Kafka does not answer: {error!r}") from None
        if not known:
            raise KafkaUnusable(f"topic {topic} is missing: create it with `vedette topics create`")
        return len(known)

    def follow(self, topic: str) -> None:
        """Let `look` ask for this topic alone, which exists."""
        self.client.set_topics([topic])

    def known(self, topic: str) -> int:
        """The number of its partitions at the last look; 0 if it is not followed."""
        return len(self.client.cluster.partitions_for_topic(topic) or ())

    async def look(self) -> bool:
        """Ask Kafka whether it is there; takes some seconds at most."""
        try:
            there = await asyncio.wait_for(self.client.force_metadata_update(), LOOK_SECONDS)
        except (KafkaError, TimeoutError):
            there = False
        if there:
            self.answered = time.monotonic()
        return bool(there)

    def silent_for(self) -> float:
        """Seconds since Kafka answered last."""
        return time.monotonic() - self.answered

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()
