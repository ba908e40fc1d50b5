"""The ledger and the alerts topic, read to their present end."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.ledger import LedgerLine
from schemas.topics import ALERTS, LEDGER, topic_name
from schemas.version import NewerSchema
from services.kafka_address import KafkaAddress
from services.notifier.domain.codec import decode_alert, decode_ledger_line
from services.notifier.domain.ports import Job
from services.notifier.domain.rebuild_ports import RecordedAlert
from services.telemetry import logger

log = logger(__name__)

POLL_MS = 500
BOOTSTRAP_MS = 5_000

Offsets = dict[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class KafkaHistory:
    """Implements HistoryReader; raises kafka.errors.KafkaError.

    `group`: whose commits count; it is never joined.
    """

    address: KafkaAddress
    prefix: str
    group: str

    def has_committed(self) -> bool:
        """Whether the group has committed anything."""
        with self._connect() as consumer:
            return any(_read_commits(consumer, self._partitions(consumer, ALERTS)).values())

    def read_lines(self) -> Iterator[list[LedgerLine]]:
        """The ledger from its beginning; nothing where the topic does not exist.

        Raises NewerSchema at the line of a later release: skipped, its alert would be sent again.
        """
        with self._connect() as consumer:
            partitions = self._partitions(consumer, LEDGER)
            consumer.assign(partitions)
            if partitions:
                consumer.seek_to_beginning(*partitions)
            for records in _read_to_ends(consumer, consumer.end_offsets(partitions)):
                lines = map(_decode_line, records)
                yield [line for line in lines if line is not None]

    def read_alerts(self, since: datetime) -> Iterator[list[RecordedAlert]]:
        """What was written to the alerts topic since then."""
        with self._connect() as consumer:
            partitions = self._partitions(consumer, ALERTS)
            commits, ends = _read_commits(consumer, partitions), consumer.end_offsets(partitions)
            consumer.assign(partitions)
            _seek(consumer, since, ends)
            for records in _read_to_ends(consumer, ends):
                alerts = [_decode_recorded(record, commits) for record in records]
                yield [recorded for recorded in alerts if recorded is not None]

    def _partitions(self, consumer: KafkaConsumer, name: str) -> list[TopicPartition]:
        topic = topic_name(self.prefix, name)
        numbers = consumer.partitions_for_topic(topic) or ()
        return [TopicPartition(topic, number) for number in numbers]

    @contextmanager
    def _connect(self) -> Iterator[KafkaConsumer]:
        consumer = KafkaConsumer(
            **self.address.client_options(),
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            allow_auto_create_topics=False,
        )
        with closing(consumer):
            yield consumer


def _read_commits(consumer: KafkaConsumer, partitions: Iterable[TopicPartition]) -> Offsets:
    return {partition: consumer.committed(partition) or 0 for partition in partitions}


def _seek(consumer: KafkaConsumer, since: datetime, ends: Offsets) -> None:
    timestamp = int(since.timestamp() * 1000)
    starts = consumer.offsets_for_times(dict.fromkeys(ends, timestamp)) if ends else {}
    for partition, end in ends.items():
        start = starts.get(partition)
        consumer.seek(partition, end if start is None else start.offset)


def _read_to_ends(consumer: KafkaConsumer, ends: Offsets) -> Iterator[list[Any]]:
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        batches = consumer.poll(timeout_ms=POLL_MS).values()
        yield [record for batch in batches for record in batch]


def _decode_line(record: Any) -> LedgerLine | None:
    try:
        return decode_ledger_line(record)
    except NewerSchema:
        raise
    except ValueError:
        log.warning("malformed ledger line", partition=record.partition, offset=record.offset)
        return None


def _decode_recorded(record: Any, commits: Offsets) -> RecordedAlert | None:
    job = decode_alert(record)
    if not isinstance(job, Job):
        return None  # the stream dead-letters it
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    committed = commits[TopicPartition(record.topic, record.partition)]
    return RecordedAlert(job, at, record.offset < committed)
