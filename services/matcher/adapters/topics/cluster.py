"""The Kafka cluster, asked beside the stream: whether it answers, and numbers of partitions."""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Self

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from services.counts import format_count
from services.kafka_address import KafkaAddress
from services.kafka_refusal import ask_refusal

REQUEST_TIMEOUT_MS = 3000
POLL_TIMEOUT_SECONDS = 5.0


class KafkaUnusable(Exception):
    """Kafka does not answer or lacks what the matcher needs; the message says which."""


class KafkaAbsent(KafkaUnusable):
    """What is missing may come without a change here: Kafka starts, a topic is created."""


def _describe_missing(topic: str) -> str:
    return f"topic {topic} is missing: create it with `vedette topics create`"


@dataclass(slots=True)
class KafkaCluster:
    """A small client beside the stream's, so that its answers do not wait behind those."""

    client: AIOKafkaClient
    answered: float = field(default_factory=time.monotonic)
    followed: Mapping[str, int] = field(default_factory=dict)
    needed: Collection[str] = ()
    _is_polled: bool = field(default=False, init=False)

    @classmethod
    async def connect(cls, address: KafkaAddress) -> Self:
        """A connected one.

        Raises:
            KafkaAbsent: nothing answers there.
            KafkaUnusable: Kafka refuses us.
        """
        client = AIOKafkaClient(**address.client_options(), request_timeout_ms=REQUEST_TIMEOUT_MS)
        try:
            await client.bootstrap()
        except KafkaError:
            await client.close()
            if (refusal := await ask_refusal(address)) is not None:
                raise KafkaUnusable(refusal) from None
            raise KafkaAbsent(f"no Kafka answers at {address.servers}") from None
        return cls(client)

    async def count_partitions(self, topic: str) -> int:
        """The number of partitions of a topic, asked now.

        Raises:
            KafkaAbsent: there is no such topic. It is never created by asking.
        """
        try:
            partitions = (await self.client.fetch_all_metadata()).partitions_for_topic(topic)
        except KafkaError as error:
            raise KafkaAbsent(f"Kafka does not answer: {error!r}") from None
        if not partitions:
            raise KafkaAbsent(_describe_missing(topic))
        return len(partitions)

    def follow(self, topics: Mapping[str, int], needed: Collection[str] = ()) -> None:
        """Have `poll` ask for these topics alone, which exist and have so many partitions.

        Those `needed` beside them may have any number.
        """
        self.followed, self.needed = topics, needed
        self.client.set_topics([*topics, *needed])

    def find_missing_topic(self) -> str | None:
        """Which topic was not there at the last poll: it was deleted while this process ran."""
        for topic in (*self.followed, *self.needed) if self._is_polled else ():
            if self.known_partitions(topic) == 0:
                return _describe_missing(topic)
        return None

    def find_added_partitions(self) -> str | None:
        """Which topic had more partitions at the last poll than when it was first followed."""
        for topic, count in self.followed.items():
            known = self.known_partitions(topic)
            if known > count:
                now = format_count(known, "partition")
                return f"topic {topic} has {now} now, and had {count} at the start"
        return None

    def known_partitions(self, topic: str) -> int:
        """The number of partitions of a topic at the last poll; 0 if it is not followed."""
        return len(self.client.cluster.partitions_for_topic(topic) or ())

    async def poll(self) -> bool:
        """Ask Kafka whether it is there; takes some seconds at most."""
        try:
            update = self.client.force_metadata_update()
            answers = await asyncio.wait_for(update, POLL_TIMEOUT_SECONDS)
        except (KafkaError, TimeoutError):
            answers = False
        if answers:
            self.answered, self._is_polled = time.monotonic(), True
        return bool(answers)

    def silent_for(self) -> float:
        """Seconds since Kafka answered last."""
        return time.monotonic() - self.answered

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()
