"""Kafka beside the stream: is it there, which topics has it, how many partitions."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

REQUEST_TIMEOUT_MS = 3000
LOOK_SECONDS = 5.0
BOOTSTRAP_SECONDS = 30.0
VISIBLE_SECONDS = 10.0

CHANGELOG = {
    "cleanup.policy": "compact",
    # recovery reads every update since the last compaction: compact early and often
    "segment.ms": str(10 * 60 * 1000),
    "min.cleanable.dirty.ratio": "0.1",
}


class Unusable(Exception):  # noqa: N818  (named for what it says, as every error here)
    """Kafka is not there or lacks what the matcher needs; the message says which."""


@dataclass(slots=True)
class Cluster:
    """A small client of its own, so that its answers do not wait behind the stream's."""

    client: AIOKafkaClient
    answered: float = field(default_factory=time.monotonic)

    @classmethod
    async def connect(cls, bootstrap: str, patience: float = BOOTSTRAP_SECONDS) -> Self:
        """Connected to Kafka; waits `patience` seconds for it at most.

        Raises:
            Unusable: nothing answers there.
        """
        client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
        deadline = time.monotonic() + patience
        while True:
            try:
                await client.bootstrap()
            except KafkaError:
                if time.monotonic() > deadline:
                    await client.close()
                    raise Unusable(f"no Kafka answers at {bootstrap}") from None
                await asyncio.sleep(0.5)
            else:
                return cls(client)

    async def partitions(self, topic: str) -> int:
        """The number of its partitions, asked now.

        Raises:
            Unusable: there is no such topic. It is never created by asking.
        """
        try:
            known = (await self.client.fetch_all_metadata()).partitions_for_topic(topic)
        except KafkaError as error:
            raise Unusable(f"Kafka does not answer: {error!r}") from None
        if not known:
            raise Unusable(f"topic {topic} is missing: create it with `vedette topics create`")
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


async def ensure_changelog(bootstrap: str, cluster: Cluster, topic: str, partitions: int) -> None:
    """Have the table's changelog topic, replicated as the broker does by default.

    Raises:
        Unusable: it cannot be created, or has another number of partitions than the signals topic.
    """
    await _create(bootstrap, NewTopic(topic, partitions, -1, {}, CHANGELOG))
    found = await _visible(cluster, topic)
    if found != partitions:
        raise Unusable(
            f"topic {topic} has {found} partitions and the signals topic {partitions}: "
            "windows cannot follow; use a new topic prefix or recreate both"
        )


async def _create(bootstrap: str, topic: NewTopic) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics([topic])
    finally:
        await admin.close()
    for _name, code, message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise Unusable(f"topic {topic.name}: {message or for_code(code).__name__}")


async def _visible(cluster: Cluster, topic: str) -> int:
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        try:
            return await cluster.partitions(topic)
        except Unusable:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
