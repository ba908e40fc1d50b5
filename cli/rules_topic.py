"""The rules topic as a publisher uses it: reads the bundles there, and adds one."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from kafka import KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, MessageSizeTooLargeError

from cli.broker import REACH_MS, describe_broker_fault
from cli.faults import CommandFailure
from cli.output import print_line
from cli.records import open_consumer, read_range, read_topic
from schemas.bundle import BUNDLE_KEY, LARGEST_RULES, NO_BUNDLE, NUMBER_KEY, RuleBundle
from schemas.envelope import RULE_BUNDLE, check_schema, cloud_headers
from schemas.topics import EVENTS, RULES, topic_name
from schemas.version import NewerSchema
from services.environment import VedetteSettings
from services.matcher.adapters.state.changelog import changelog_name, matcher_group
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.domain.changes.next_bundle import VersionedBundle, number_bundle
from services.matcher.domain.changes.partition_progress import PartitionProgress

ACKNOWLEDGE_SECONDS = 30
OVERHEAD = 64 * 1024
"""Bytes that headers, key and batch add to a message, and more."""


@dataclass(frozen=True, slots=True)
class RulesTopicWriter:
    """Implements BundleTopic. Every method blocks while the broker answers.

    Each raises CommandFailure when it does not.
    """

    settings: VedetteSettings

    def newest(self) -> VersionedBundle | None:
        """The bundle in force, or None."""
        return max(self.after(0), key=lambda versioned: versioned.number, default=None)

    def after(self, number: int) -> list[VersionedBundle]:
        """The bundles behind `number`, oldest first; invalid ones are reported and skipped.

        Raises:
            CommandFailure: a later release wrote one, so what was changed last is not known here.
        """
        with open_consumer(self.settings) as consumer:
            bundles = list(_parse_bundles(read_topic(consumer, self._name(RULES))))
        return [versioned for versioned in bundles if versioned.number > number]

    def events_since(self) -> datetime | None:
        """The time since which the events topic is complete; None when it is empty."""
        with open_consumer(self.settings) as consumer:
            numbers = consumer.partitions_for_topic(self._name(EVENTS)) or ()
            partitions = [TopicPartition(self._name(EVENTS), number) for number in numbers]
            begin, end = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
            firsts = (
                next(read_range(consumer, partition, begin[partition], end[partition]), None)
                for partition in partitions
                if begin[partition] < end[partition]
            )
            return max((_time_of(record) for record in firsts if record), default=None)

    def write(self, bundle: RuleBundle) -> int:
        """Add the bundle and return its number, which its offset gives.

        The first of a topic gets a number past those of a topic before it, which windows remember.

        Raises:
            CommandFailure: it is too large, or the broker does not take it.
        """
        raw = bundle.model_dump_json(exclude_defaults=True).encode()
        check_size(raw)
        identity = f"{bundle.digest}-{bundle.published_at.isoformat()}"
        headers = cloud_headers(RULE_BUNDLE, identity, "vedette/rules", bundle.published_at)
        is_first = bundle.previous == NO_BUNDLE
        former = find_former_number(self.settings) if is_first else NO_BUNDLE
        with self._name_faults(), self._open_producer(len(raw)) as producer:
            self._pass_numbers(producer, former)
            sent = producer.send(self._name(RULES), raw, BUNDLE_KEY, headers, partition=0)
            offset: int = sent.get(timeout=ACKNOWLEDGE_SECONDS).offset
        return offset + 1

    def _pass_numbers(self, producer: KafkaProducer, last: int) -> None:
        number = 0
        while number < last:
            sent = producer.send(self._name(RULES), key=NUMBER_KEY, partition=0)
            number = sent.get(timeout=ACKNOWLEDGE_SECONDS).offset + 1

    def _name(self, topic: str) -> str:
        return topic_name(self.settings.topic_prefix, topic)

    @contextmanager
    def _open_producer(self, size: int) -> Iterator[KafkaProducer]:
        producer = KafkaProducer(
            **self.settings.kafka.client_options(),
            bootstrap_timeout_ms=REACH_MS,
            acks="all",
            compression_type="gzip",
            max_request_size=size + OVERHEAD,
        )
        try:
            yield producer
        finally:
            producer.close(timeout=ACKNOWLEDGE_SECONDS)

    @contextmanager
    def _name_faults(self) -> Iterator[None]:
        try:
            yield
        except MessageSizeTooLargeError as error:
            remedy = f"set max.message.bytes={LARGEST_RULES} on the topic"
            raise CommandFailure(
                f"the bundle is too large for the broker: {error}; {remedy}"
            ) from error
        except (KafkaError, ValueError) as error:
            raise describe_broker_fault(self.settings.kafka, error) from error


def find_former_number(settings: VedetteSettings) -> int:
    """The newest bundle that made windows, by their changelog; 0 where there is none."""
    changelog = changelog_name(matcher_group(settings.topic_prefix))
    with open_consumer(settings) as consumer:
        if not consumer.partitions_for_topic(changelog):
            return NO_BUNDLE
        return max(map(_read_number, read_topic(consumer, changelog)), default=NO_BUNDLE)


def _read_number(record: ConsumerRecord) -> int:
    if record.value is None or not has_kind(record.key, ValueKind.PROGRESS):
        return NO_BUNDLE
    return PartitionProgress.decode(record.value).rules.bundle


def check_size(raw: bytes) -> None:
    """Compare a bundle, compressed, with the largest message of the topic.

    Raises:
        CommandFailure: it is larger.
    """
    size = len(zlib.compress(raw)) + OVERHEAD
    if size > LARGEST_RULES:
        bound = f"{size} bytes compressed, of {LARGEST_RULES} that a bundle may have"
        raise CommandFailure(f"the rules have {bound}: publish fewer packs, or shorter lists")


def _parse_bundles(records: Iterable[ConsumerRecord]) -> Iterator[VersionedBundle]:
    for record in records:
        if record.key != BUNDLE_KEY:
            continue
        try:
            check_schema(record.headers)
            bundle = RuleBundle.model_validate_json(record.value or b"")
        except NewerSchema as error:
            raise CommandFailure(f"bundle {record.offset + 1} has {error}") from error
        except ValueError:
            print_line(f"bundle {record.offset + 1} is invalid: skipped", err=True)
        else:
            yield number_bundle(bundle, record.offset + 1)


def _time_of(record: ConsumerRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
