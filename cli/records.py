"""The records of a topic, from its beginning to its end."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from cli.broker import REACH_MS, check_admission, describe_broker_fault
from cli.faults import CommandFailure
from services.environment import VedetteSettings
from services.header_names import tolerate_header_names

QUIET_MS = 1_000


@contextmanager
def open_consumer(settings: VedetteSettings) -> Iterator[KafkaConsumer]:
    """A consumer without a group, closed at the end.

    Raises:
        CommandFailure: no broker answers or admits us, at the start or while it is read from.
    """
    tolerate_header_names()
    check_admission(settings.kafka)
    try:
        consumer = KafkaConsumer(
            **settings.kafka.client_options(),
            bootstrap_timeout_ms=REACH_MS,
            enable_auto_commit=False,
        )
        try:
            yield consumer
        finally:
            consumer.close()
    except (KafkaError, ValueError) as error:
        raise describe_broker_fault(settings.kafka, error) from error


def read_topic(consumer: KafkaConsumer, topic: str) -> Iterator[ConsumerRecord]:
    """Every record of the topic, in order in each partition, and maybe some that come meanwhile.

    Blocks while the broker answers, and stops at the end that the topic has at the call.

    Raises:
        CommandFailure: there is no such topic.
    """
    yield from _read_until(consumer, _seek_to_beginning(consumer, topic))


def read_range(
    consumer: KafkaConsumer, partition: TopicPartition, first: int, until: int
) -> Iterator[ConsumerRecord]:
    """The records of one partition from offset `first` to before `until`."""
    consumer.assign([partition])
    begin = consumer.beginning_offsets([partition])[partition]
    end = consumer.end_offsets([partition])[partition]
    consumer.seek(partition, max(first, begin))
    for record in _read_until(consumer, {partition: min(until, end)}):
        if record.offset >= until:
            return
        yield record


def _seek_to_beginning(consumer: KafkaConsumer, topic: str) -> Mapping[TopicPartition, int]:
    """Have the next poll begin with the topic's first records; the ends that it has now."""
    numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        raise CommandFailure(f"no topic {topic}: create it with `vedette topics create`")
    partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends: Mapping[TopicPartition, int] = consumer.end_offsets(partitions)
    return ends


def _read_until(
    consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]
) -> Iterator[ConsumerRecord]:
    # the end that the embedded broker gives may be too low: read on until nothing comes, or what
    # comes was written later, as in a topic that is written to all the time
    last_ms = time.time() * 1_000 + QUIET_MS
    while (polled := consumer.poll(timeout_ms=QUIET_MS)) or _is_before(consumer, ends):
        for records in polled.values():
            yield from records
        if _is_past(polled, last_ms) and not _is_before(consumer, ends):
            return


def _is_past(polled: Mapping[TopicPartition, Sequence[ConsumerRecord]], last_ms: float) -> bool:
    return any(records[-1].timestamp > last_ms for records in polled.values())


def _is_before(consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    return any(consumer.position(partition) < end for partition, end in ends.items())
