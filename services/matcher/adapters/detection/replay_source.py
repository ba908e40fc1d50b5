"""The past: what stands in an events partition before the message in hand."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.matcher.adapters.topics.message import Received

POLL_MS = 1000
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class OffsetRange:
    """The messages of events partition `partition` written from `since` on, up to offset `until`
    (which is not among them).
    """  # noqa: D205  (one sentence too long for one line)

    partition: int
    since: datetime
    until: int


class ReplaySource(Protocol):
    """Where old messages of the events topic are read."""

    def read(self, stretch: OffsetRange) -> AsyncGenerator[Sequence[Received], None]:
        """The messages of a stretch in order, some at a time; close it when it is not read on."""
        ...


@dataclass(frozen=True, slots=True)
class KafkaReplaySource:
    """The past of `topic`, each stretch read by a consumer of its own, without a group."""

    bootstrap: str
    topic: str

    async def read(self, stretch: OffsetRange) -> AsyncGenerator[Sequence[Received], None]:
        """As the port says."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            async for messages in _read(consumer, self.topic, stretch):
                yield messages
        finally:
            await consumer.stop()


async def _read(
    consumer: AIOKafkaConsumer, topic: str, stretch: OffsetRange
) -> AsyncGenerator[Sequence[Received], None]:
    place = TopicPartition(topic, stretch.partition)
    consumer.assign([place])
    since = int(stretch.since.timestamp() * 1000)
    found = (await consumer.offsets_for_times({place: since}))[place]
    if found is None:
        return
    consumer.seek(place, found.offset)
    while await consumer.position(place) < stretch.until:
        polled = await consumer.getmany(place, timeout_ms=POLL_MS, max_records=MOST_AT_ONCE)
        messages = [one for one in polled.get(place, ()) if one.offset < stretch.until]
        if messages:
            yield messages
