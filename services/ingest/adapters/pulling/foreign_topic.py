"""A topic that is not ours, read by kafka-python. Everything here blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from schemas.envelope import REFUSED
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.sources.kafka_messages import ForeignMessage
from services.kafka_address import KafkaAddress

BOOTSTRAP_MS = 10_000
POLL_MS = 1_000
COMMIT_MS = 5_000
MOST_MESSAGES = 200
MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TopicAddress:
    """A topic, and the consumer group whose offsets say how far it is read."""

    kafka: KafkaAddress
    topic: str
    group: str
    begin: Literal["earliest", "latest"]


@dataclass(frozen=True, slots=True)
class ForeignTopic:
    """Reads all partitions of a topic; every method but `close` may raise FetchFailed."""

    consumer: KafkaConsumer
    topic: str

    @classmethod
    def open(cls, address: TopicAddress) -> Self:
        """Connect, at the offsets of the group; where it has none they begin, and are committed."""
        try:
            consumer = _connect(address)
        except (KafkaError, OSError, ValueError) as error:
            raise _describe(address.topic, error) from None
        opened = cls(consumer, address.topic)
        try:
            opened._assign()
        except FetchFailed:
            opened.close()
            raise
        return opened

    def poll(self) -> list[ForeignMessage]:
        """The next messages; none after a second without any."""
        try:
            polled = self.consumer.poll(timeout_ms=POLL_MS, max_records=MOST_MESSAGES)
        except KafkaError as error:
            raise _describe(self.topic, error) from None
        return [
            ForeignMessage(each.topic, each.partition, each.offset, each.value, _find_fault(each))
            for records in polled.values()
            for each in records
        ]

    def commit(self, messages: Sequence[ForeignMessage]) -> None:
        """Commit that all before and with these messages is read."""
        last = {message.partition: message.offset for message in messages}
        offsets = {
            TopicPartition(self.topic, partition): OffsetAndMetadata(offset + 1, "", -1)
            for partition, offset in last.items()
        }
        self._commit(offsets)

    def close(self) -> None:
        """Close the connections."""
        self.consumer.close(timeout_ms=COMMIT_MS)

    def _assign(self) -> None:
        try:
            numbers = self.consumer.partitions_for_topic(self.topic) or ()
            partitions = [TopicPartition(self.topic, number) for number in sorted(numbers)]
            if not partitions:
                raise FetchFailed(FailureReason.UNREACHABLE, f"{self.topic}: no such topic")
            self.consumer.assign(partitions)
            unknown = [each for each in partitions if self.consumer.committed(each) is None]
            begins = {each: self.consumer.position(each) for each in unknown}
        except KafkaError as error:
            raise _describe(self.topic, error) from None
        # else a topic that is read from its end loses what comes before the first commit
        self._commit({each: OffsetAndMetadata(at, "", -1) for each, at in begins.items()})

    def _commit(self, offsets: dict[TopicPartition, OffsetAndMetadata]) -> None:
        if not offsets:
            return
        try:
            self.consumer.commit(offsets, timeout_ms=COMMIT_MS)
        except KafkaError as error:
            raise _describe(self.topic, error) from None


def _connect(address: TopicAddress) -> KafkaConsumer:
    return KafkaConsumer(
        **address.kafka.client_options(),
        client_id="vedette-ingest",
        group_id=address.group,
        enable_auto_commit=False,
        auto_offset_reset=address.begin,
        bootstrap_timeout_ms=BOOTSTRAP_MS,
        reconnect_backoff_max_ms=1_000,
        allow_auto_create_topics=False,
        max_partition_fetch_bytes=MOST_BYTES,
    )


def _find_fault(record: object) -> str | None:
    headers: Sequence[tuple[str, bytes]] = getattr(record, "headers", None) or ()
    reasons = (value for name, value in headers if name == REFUSED)
    return next((value.decode("utf-8", "replace") for value in reasons), None)


def _describe(topic: str, error: Exception) -> FetchFailed:
    message = f"{topic}: {type(error).__name__}: {error}"
    return FetchFailed(FailureReason.UNREACHABLE, message)
