"""The replay source: messages of an events partition that are before the message in hand."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.kafka_address import KafkaAddress
from services.matcher.adapters.topics.records import ConsumerRecord

POLL_MS = 1000
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class OffsetRange:
    """The messages of `partition` written at `since` or later, before offset `until`."""

    partition: int
    since: datetime
    until: int


class ReplaySource(Protocol):
    """Where past messages of the events topic are read."""

    def read(self, offsets: OffsetRange) -> AsyncGenerator[Sequence[ConsumerRecord], None]:
        """The messages of a range in order, some at a time; to be closed when it is left early."""
        ...


@dataclass(frozen=True, slots=True)
class KafkaReplaySource:
    """Reads each range of `topic` with a separate consumer, without a group."""

    address: KafkaAddress
    topic: str

    async def read(self, offsets: OffsetRange) -> AsyncGenerator[Sequence[ConsumerRecord], None]:
        """As the port says."""
        consumer = AIOKafkaConsumer(
            **self.address.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            async for messages in _read(consumer, self.topic, offsets):
                yield messages
        finally:
            await consumer.stop()


async def _read(
    consumer: AIOKafkaConsumer, topic: str, offsets: OffsetRange
) -> AsyncGenerator[Sequence[ConsumerRecord], None]:
    tp = TopicPartition(topic, offsets.partition)
    consumer.assign([tp])
    since_ms = int(offsets.since.timestamp() * 1000)
    first = (await consumer.offsets_for_times({tp: since_ms}))[tp]
    if first is None:
        return
    consumer.seek(tp, first.offset)
    while await consumer.position(tp) < offsets.until:
        polled = await consumer.getmany(tp, timeout_ms=POLL_MS, max_records=MOST_AT_ONCE)
        messages = [message for message in polled.get(tp, ()) if message.offset < offsets.until]
        if messages:
            yield messages
