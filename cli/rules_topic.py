"""The rules topic as who publishes sees it: the bundles that stand there, and one more."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import typer
from kafka import KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, MessageSizeTooLargeError
from pydantic import ValidationError

from cli.faults import CommandFailure
from cli.records import reading, records, stretch
from schemas.bundle import BUNDLE_KEY, LARGEST_RULES, RuleBundle
from schemas.envelope import RULE_BUNDLE, cloud_headers
from schemas.topics import EVENTS, RULES, topic_name
from services.environment import VedetteSettings
from services.matcher.domain.changes.next_bundle import VersionedBundle, number_bundle

CLIENT_MS = 10_000
ACKNOWLEDGED_SECONDS = 30
AROUND = 64 * 1024
"""Bytes that headers, keys and batches add to a message, and more."""


@dataclass(frozen=True, slots=True)
class RulesTopicWriter:
    """Reads and writes bundles. Blocks while the broker answers; raises Unusable if it does not."""

    settings: VedetteSettings

    def newest(self) -> VersionedBundle | None:
        """The bundle that counts now."""
        return max(self.after(0), key=lambda one: one.number, default=None)

    def after(self, number: int) -> list[VersionedBundle]:
        """The bundles behind `number`, oldest first; what is none is told and passed over."""
        with reading(self.settings) as consumer:
            found = list(_bundles(records(consumer, self._name(RULES))))
        return [one for one in found if one.number > number]

    def events_since(self) -> datetime | None:
        """The time since which the events topic is complete; None when it is empty."""
        with reading(self.settings) as consumer:
            partitions = consumer.partitions_for_topic(self._name(EVENTS)) or ()
            places = [TopicPartition(self._name(EVENTS), one) for one in partitions]
            starts, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
            held = [place for place in places if starts[place] < ends[place]]
            first = (next(stretch(consumer, one, starts[one], ends[one]), None) for one in held)
            return max((_written(record) for record in first if record is not None), default=None)

    def write(self, bundle: RuleBundle) -> int:
        """Have it in the topic, and return its number.

        Raises:
            CommandFailure: it is too large, or the broker does not take it.
        """
        raw = bundle.model_dump_json(exclude_defaults=True).encode()
        refuse_too_large(raw)
        identity = f"{bundle.digest}-{bundle.published_at.isoformat()}"
        headers = cloud_headers(RULE_BUNDLE, identity, "vedette/rules", bundle.published_at)
        with self._faults(), self._producer(len(raw)) as producer:
            sent = producer.send(self._name(RULES), raw, BUNDLE_KEY, headers, partition=0)
            offset: int = sent.get(timeout=ACKNOWLEDGED_SECONDS).offset
        return offset + 1

    def _name(self, topic: str) -> str:
        return topic_name(self.settings.topic_prefix, topic)

    @contextmanager
    def _producer(self, size: int) -> Iterator[KafkaProducer]:
        producer = KafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            bootstrap_timeout_ms=CLIENT_MS,
            acks="all",
            compression_type="gzip",
            max_request_size=size + AROUND,
        )
        try:
            yield producer
        finally:
            producer.close(timeout=ACKNOWLEDGED_SECONDS)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except MessageSizeTooLargeError as error:
            said = f"the broker takes no message as large as the bundle: {error}"
            raise CommandFailure(
                f"{said}; set max.message.bytes={LARGEST_RULES} on the topic"
            ) from error
        except (KafkaError, ValueError) as error:
            place = f"Kafka at {self.settings.kafka_bootstrap_servers}"
            raise CommandFailure(f"{place}: {error}") from error


def refuse_too_large(raw: bytes) -> None:
    """Compare a bundle as Kafka would take it with what a message of the topic may be.

    Raises:
        CommandFailure: it is larger.
    """
    packed = len(zlib.compress(raw)) + AROUND
    if packed > LARGEST_RULES:
        said = (
            f"the rules have {packed} bytes compressed, of {LARGEST_RULES} that a bundle may have"
        )
        raise CommandFailure(f"{said}: publish fewer packs, or shorter lists")


def _bundles(records: Iterable[ConsumerRecord]) -> Iterator[VersionedBundle]:
    for record in records:
        if record.key != BUNDLE_KEY:
            continue
        try:
            bundle = RuleBundle.model_validate_json(record.value or b"")
        except ValidationError:
            typer.echo(f"bundle {record.offset + 1} cannot be read: passed over", err=True)
        else:
            yield number_bundle(bundle, record.offset + 1)


def _written(record: ConsumerRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
