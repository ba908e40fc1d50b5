"""What Kafka still knows when Redis knows nothing: the ledger and the alerts topic."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from pydantic import ValidationError

from schemas.ledger import LedgerLine
from schemas.topics import ALERTS, LEDGER, topic_name
from services.notifier.domain.codec import decode_alert
from services.notifier.domain.ports import Job, RecordedAlert
from services.telemetry import logger

log = logger(__name__)

POLL_MS = 500
BOOTSTRAP_MS = 5_000

Ends = dict[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class KafkaHistory:
    """Implements History; raises kafka.errors.KafkaError.

    `group` is the one whose commits tell what was taken; it is never joined.
    """

    bootstrap_servers: str
    prefix: str
    group: str

    def has_taken(self) -> bool:
        """Whether the group has committed anything."""
        with self._consumer() as consumer:
            return any(_committed(consumer, self._places(consumer, ALERTS)).values())

    def lines(self) -> Iterator[list[LedgerLine]]:
        """The ledger from its beginning to its present end; none where there is no such topic."""
        with self._consumer() as consumer:
            places = self._places(consumer, LEDGER)
            consumer.assign(places)
            if places:
                consumer.seek_to_beginning(*places)
            for records in _to_the_end(consumer, consumer.end_offsets(places)):
                yield [line for record in records if (line := _line(record)) is not None]

    def alerts(self, since: datetime) -> Iterator[list[RecordedAlert]]:
        """What was written to the alerts topic since then, up to its present end."""
        with self._consumer() as consumer:
            places = self._places(consumer, ALERTS)
            taken, ends = _committed(consumer, places), consumer.end_offsets(places)
            consumer.assign(places)
            _seek(consumer, since, ends)
            for records in _to_the_end(consumer, ends):
                yield [past for record in records if (past := _past(record, taken)) is not None]

    def _places(self, consumer: KafkaConsumer, name: str) -> list[TopicPartition]:
        topic = topic_name(self.prefix, name)
        return [TopicPartition(topic, one) for one in consumer.partitions_for_topic(topic) or ()]

    @contextmanager
    def _consumer(self) -> Iterator[KafkaConsumer]:
        consumer = KafkaConsumer(
            bootstrap_servers=self.bootstrap_servers.split(","),
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            allow_auto_create_topics=False,
        )
        with closing(consumer):
            yield consumer


def _committed(consumer: KafkaConsumer, places: Iterable[TopicPartition]) -> Ends:
    return {place: consumer.committed(place) or 0 for place in places}


def _seek(consumer: KafkaConsumer, since: datetime, ends: Ends) -> None:
    stamp = int(since.timestamp() * 1000)
    starts = consumer.offsets_for_times(dict.fromkeys(ends, stamp)) if ends else {}
    for place, end in ends.items():
        start = starts.get(place)
        consumer.seek(place, end if start is None else start.offset)


def _to_the_end(consumer: KafkaConsumer, ends: Ends) -> Iterator[list[Any]]:
    while any(consumer.position(place) < end for place, end in ends.items()):
        yield [one for batch in consumer.poll(timeout_ms=POLL_MS).values() for one in batch]


def _line(record: Any) -> LedgerLine | None:
    try:
        return LedgerLine.model_validate_json(record.value or b"")
    except ValidationError:
        log.warning("no ledger line", partition=record.partition, offset=record.offset)
        return None


def _past(record: Any, taken: Ends) -> RecordedAlert | None:
    job = decode_alert(record)
    if not isinstance(job, Job):
        return None  # a dead letter by now, or soon
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return RecordedAlert(
        job, at, record.offset < taken[TopicPartition(record.topic, record.partition)]
    )
