"""Topics as tests see them: create, produce, read to the end, and how far a group has come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from schemas.topics import TOPICS, topic_name
from tests.parts.waiting import until


@dataclass(frozen=True, slots=True)
class TopicMessage:
    """One message as it stands in a topic, or as it is to be sent; `at` is when it was (epoch)."""

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
    """Send all, by the default partitioner where a message names none; returns when they stand."""
    with closing(KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)) as producer:
        sent = [
            producer.send(
                topic, one.value, one.key, list(one.headers.items()), partition=one.partition
            )
            for one in messages
        ]
        for result in sent:
            result.get(timeout=30)


def empty(bootstrap: str, topic: str) -> None:
    """Delete every message that stands in the topic now."""
    with closing(_reader(bootstrap)) as consumer:
        ends = consumer.end_offsets(_places(consumer, topic))
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.delete_records(ends)


def read_all(bootstrap: str, topic: str, timeout: float = 30.0) -> list[TopicMessage]:
    """Everything that stands in the topic now, partition by partition in its order."""
    with closing(_reader(bootstrap)) as consumer:
        places = _places(consumer, topic)
        ends = consumer.end_offsets(places)
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        found: list[TopicMessage] = []

        def complete() -> bool:
            found.extend(_polled(consumer))
            return all(consumer.position(place) >= end for place, end in ends.items())

        until(complete, f"{topic} is read to its end", timeout)
    return sorted(found, key=lambda one: (one.partition or 0, one.offset))


def lag(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """Messages between the group's committed offset and the end, by partition.

    Where the group has committed nothing, all that stands there counts.
    """
    with closing(_reader(bootstrap, group)) as consumer:
        places = _places(consumer, topic)
        starts, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
        committed = {place: consumer.committed(place) for place in places}
    return {
        place.partition: ends[place] - max(starts[place], committed[place] or 0) for place in places
    }


def drained(bootstrap: str, group: str, topic: str) -> bool:
    """Whether the group has committed everything in the topic."""
    return not any(lag(bootstrap, group, topic).values())


def _reader(bootstrap: str, group: str | None = None) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )


def _places(consumer: KafkaConsumer, topic: str) -> Sequence[TopicPartition]:
    partitions = until(lambda: consumer.partitions_for_topic(topic), f"{topic} exists", 10.0)
    return [TopicPartition(topic, partition) for partition in sorted(partitions)]


def _polled(consumer: KafkaConsumer) -> Iterator[TopicMessage]:
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
