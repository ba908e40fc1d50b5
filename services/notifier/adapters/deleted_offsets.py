"""Offsets that Kafka no longer has, or never had: where reading goes on, and what was lost."""

from typing import Any

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from services.lost_messages import LostMessages

NO_SUCH_OFFSET = (NoOffsetForPartitionError, OffsetOutOfRangeError)
"""What a consumer without a reset policy raises; the first argument has the partitions."""


def find_starts(consumer: KafkaConsumer, fault: Any) -> dict[TopicPartition, int]:
    """The first offset of each partition of which `fault` says that its position is not there.

    Raises kafka.errors.KafkaError.
    """
    starts: dict[TopicPartition, int] = consumer.beginning_offsets(list(fault.args[0]))
    return starts


def list_losses(fault: Any, starts: dict[TopicPartition, int]) -> list[LostMessages]:
    """The messages between the position and the start; none where nothing was committed."""
    if isinstance(fault, NoOffsetForPartitionError):
        return []
    return [
        LostMessages(at.topic, at.partition, position, starts[at])
        for at, position in fault.args[0].items()
        if position < starts[at]
    ]


def continue_from(
    consumer: KafkaConsumer, starts: dict[TopicPartition, int], timeout_ms: int
) -> None:
    """Seek to the starts and commit them, so that the same loss is not found again.

    Raises kafka.errors.KafkaError.
    """
    for partition, start in starts.items():
        consumer.seek(partition, start)
    ends = {partition: OffsetAndMetadata(start, "", -1) for partition, start in starts.items()}
    consumer.commit(ends, timeout_ms=timeout_ms)
