"""Topics for tests: create, produce, read to the end, and the lag of a group."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from schemas.topics import TOPICS, topic_name
from tests.parts.waiting import until


@dataclass(frozen=True, slots=True)
class TopicMessage:
    """One message of a topic, or one to be sent; `at` is its timestamp (epoch, seconds)."""

    value: bytes | None
    key: bytes | None = None
    headers: Mapping[str, bytes] = field(default_factory=dict)
    partition: int | None = None
    offset: int = -1
    at: float = 0.0


def create(bootstrap: str, prefix: str, partitions: int = 4) -> str:
    """Every topic of the design with `prefix`; returns the prefix."""
    wanted = [
        NewTopic(
            topic_name(prefix, topic.name),
            partitions if topic.partitioned else 1,
            1,
            topic_configs=topic.config(),
        )
        for topic in TOPICS
    ]
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics(wanted, wait_for_metadata=True)
    return prefix


def produce(bootstrap: str, topic: str, messages: Iterable[TopicMessage]) -> None:
    """Send all, by the default partitioner where a message names no partition.

    Returns when Kafka has acknowledged them.
    """
    with closing(KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)) as producer:
        sent = [
            producer.send(
                topic,
                message.value,
                message.key,
                list(message.headers.items()),
                partition=message.partition,
            )
            for message in messages
        ]
        for result in sent:
            result.get(timeout=30)


def empty(bootstrap: str, topic: str) -> None:
    """Delete every message that is in the topic now."""
    with closing(_reader(bootstrap)) as consumer:
        ends = consumer.end_offsets(_partitions(consumer, topic))
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.delete_records(ends)


def read_all(bootstrap: str, topic: str, timeout: float = 30.0) -> list[TopicMessage]:
    """Every message that is in the topic now, by partition and offset."""
    with closing(_reader(bootstrap)) as consumer:
        partitions = _partitions(consumer, topic)
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        messages: list[TopicMessage] = []

        def is_complete() -> bool:
            messages.extend(_poll(consumer))
            return all(consumer.position(partition) >= end for partition, end in ends.items())

        until(is_complete, f"{topic} is read to its end", timeout)
    return sorted(messages, key=lambda message: (message.partition or 0, message.offset))


def lag(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """Messages between the group's committed offset and the end, by partition.

    Where the group has committed nothing, every message counts.
    """
    with closing(_reader(bootstrap, group)) as consumer:
        partitions = _partitions(consumer, topic)
        starts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
        committed = {at: max(starts[at], consumer.committed(at) or 0) for at in partitions}
    return {at.partition: ends[at] - committed[at] for at in partitions}


def is_drained(bootstrap: str, group: str, topic: str) -> bool:
    """Whether the group has committed everything in the topic."""
    return not any(lag(bootstrap, group, topic).values())


def _reader(bootstrap: str, group: str | None = None) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )


def _partitions(consumer: KafkaConsumer, topic: str) -> Sequence[TopicPartition]:
    numbers = until(lambda: consumer.partitions_for_topic(topic), f"{topic} exists", 10.0)
    return [TopicPartition(topic, partition) for partition in sorted(numbers)]


def _poll(consumer: KafkaConsumer) -> Iterator[TopicMessage]:
    for records in consumer.poll(timeout_ms=100).values():
        for record in records:
            yield TopicMessage(
                record.value,
                record.key,
                dict(record.headers),
                record.partition,
                record.offset,
                record.timestamp / 1000,
            )
