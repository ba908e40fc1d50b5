"""What stands in a topic now, read from its beginning to its end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from cli.faults import CommandFailure
from services.environment import VedetteSettings

BOOTSTRAP_MS = 10_000
QUIET_MS = 1_000


@contextmanager
def reading(settings: VedetteSettings) -> Iterator[KafkaConsumer]:
    """A consumer without a group, closed at the end.

    Raises:
        CommandFailure: no broker answers, then or while it is read from.
    """
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            enable_auto_commit=False,
        )
        try:
            yield consumer
        finally:
            consumer.close()
    except (KafkaError, ValueError) as error:
        raise CommandFailure(f"Kafka at {settings.kafka_bootstrap_servers}: {error}") from error


def records(consumer: KafkaConsumer, topic: str) -> Iterator[ConsumerRecord]:
    """Every message of the topic, in order in each partition.

    Blocks while the broker answers, and ends at what was the end when it began.

    Raises:
        CommandFailure: there is no such topic.
    """
    partitions = consumer.partitions_for_topic(topic)
    if not partitions:
        raise CommandFailure(f"no topic {topic}: create it with `vedette topics create`")
    places = [TopicPartition(topic, one) for one in sorted(partitions)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    yield from _to_the_end(consumer, consumer.end_offsets(places))


def stretch(
    consumer: KafkaConsumer, place: TopicPartition, first: int, until: int
) -> Iterator[ConsumerRecord]:
    """The messages of one partition from offset `first` to `until`, which is not among them."""
    consumer.assign([place])
    begins, ends = consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]
    consumer.seek(place, max(first, begins))
    for record in _to_the_end(consumer, {place: min(until, ends)}):
        if record.offset >= until:
            return
        yield record


def _to_the_end(
    consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]
) -> Iterator[ConsumerRecord]:
    # the embedded broker's end may lie before the last messages: the end is where it is quiet too
    while (polled := consumer.poll(timeout_ms=QUIET_MS)) or _before(consumer, ends):
        for found in polled.values():
            yield from found


def _before(consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    return any(consumer.position(place) < end for place, end in ends.items())
