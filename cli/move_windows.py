"""`vedette topics move-windows`: windows go over to the partitions that the signals topic has now.

Every step may be broken off and made again. Until the last one matchers that start wait.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import NoError
from kafka.structs import OffsetAndMetadata

from cli.admin import open_admin
from cli.doctor.groups import count_members
from cli.faults import CommandFailure
from cli.output import print_line
from cli.records import open_consumer, read_range, read_topic
from cli.settings import kafka_settings
from schemas.bundle import WINDOWS_MOVE_KEY
from schemas.envelope import BACKFILL_BARRIER, RETRACTION, TICK, header
from schemas.tick import Tick
from schemas.topics import RULES, SIGNALS, topic_name
from services.counts import format_count
from services.environment import VedetteSettings
from services.matcher.adapters.state.changelog import changelog_name, matcher_group
from services.matcher.adapters.state.division import Divider, follow_topic, read_values
from services.matcher.adapters.state.keys import TableKey
from services.matcher.adapters.topics.codec import encode_tick
from services.matcher.adapters.topics.signals_partitions import signals_partitions
from services.matcher.domain.engine.store import SignalsPartitions

ACKNOWLEDGE_SECONDS = 30
FOR_ALL = (RETRACTION, BACKFILL_BARRIER)
"""Messages that every partition gets."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def move_windows() -> None:
    """Divide the windows by the partitions that the signals topic has now, and lose none.

    For after its partitions were added: matchers wait meanwhile, and go on by themselves. It fails
    while one of them is at work. The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS.
    """
    with _open_kafka(kafka_settings()) as kafka:
        for line in _move(kafka):
            print_line(line)


@dataclass(frozen=True, slots=True)
class MoveKafka:
    """Kafka as the move uses it. Every method blocks."""

    settings: VedetteSettings
    admin: Any
    consumer: Any
    producer: Any

    @property
    def group(self) -> str:
        """The matchers' consumer group."""
        return matcher_group(self.settings.topic_prefix)

    def name(self, topic: str) -> str:
        """The full name of a topic."""
        return topic_name(self.settings.topic_prefix, topic)

    def describe(self, topic: str) -> Mapping[str, Any]:
        """Its id and partitions, by its full name."""
        described: Mapping[str, Any] = self.admin.describe_topics([topic])[0]
        if described["error_code"]:
            raise CommandFailure(f"no topic {topic}")
        return described

    def send_all(self, topic: str, records: Iterable[Mapping[str, Any]]) -> list[int]:
        """Their offsets, once Kafka has all of them."""
        sent = [self.producer.send(topic, **record) for record in records]
        return [each.get(timeout=ACKNOWLEDGE_SECONDS).offset for each in sent]


@contextmanager
def _open_kafka(settings: VedetteSettings) -> Iterator[MoveKafka]:
    with ExitStack() as parts:
        admin = parts.enter_context(open_admin(settings.kafka))
        consumer = parts.enter_context(open_consumer(settings))
        producer = KafkaProducer(**settings.kafka.client_options(), acks="all")
        parts.callback(producer.close)
        yield MoveKafka(settings, admin, consumer, producer)


def _move(kafka: MoveKafka) -> Iterator[str]:
    changelog = changelog_name(kafka.group)
    count = _begin(kafka, changelog)
    signals = kafka.describe(kafka.name(SIGNALS))
    values = read_values(
        (record.key, record.value) for record in read_topic(kafka.consumer, changelog)
    )
    partitions, ends = signals_partitions(count), _send_ticks(kafka, count)
    pending = _read_pending(kafka, ends)
    sent = kafka.send_all(kafka.name(SIGNALS), _address_again(pending, partitions))
    yield f"sent again, since no window has seen them: {format_count(len(sent), 'message')}"
    divider = Divider(partitions, follow_topic(values, str(signals["topic_id"])), ends)
    division = divider.divide(values)
    _write(kafka, changelog, division.values)
    _write(kafka, changelog, dict.fromkeys(division.gone))
    _commit(kafka, ends)
    _mark(kafka, None)
    moved = f"{len(division.gone)} of {format_count(len(values), 'value')}"
    yield f"{moved} moved, to {format_count(count, 'partition')}"


def _begin(kafka: MoveKafka, changelog: str) -> int:
    """Have the changelog as many partitions as the signals topic, and matchers wait; how many."""
    count = len(kafka.describe(kafka.name(SIGNALS))["partitions"])
    before = len(kafka.describe(changelog)["partitions"])
    if before >= count and not _is_marked(kafka):
        raise CommandFailure(
            f"nothing to move: windows have {format_count(before, 'partition')}, signals {count}"
        )
    _require_rest(kafka)
    _mark(kafka, b"{}")
    if before < count:
        kafka.admin.create_partitions({changelog: count})
        kafka.admin.wait_for_topics([changelog])
    return count


def _require_rest(kafka: MoveKafka) -> None:
    members = count_members(kafka.admin, kafka.group)
    if members is None:
        raise CommandFailure("this broker does not tell whether matchers are at work")
    if members:
        raise CommandFailure(
            f"{format_count(members, 'matcher is', 'matchers are')} at work: they wait once they "
            "have seen the partitions, within seconds; stop those that do not"
        )


def _is_marked(kafka: MoveKafka) -> bool:
    values = [
        record.value
        for record in read_topic(kafka.consumer, kafka.name(RULES))
        if record.key == WINDOWS_MOVE_KEY
    ]
    return bool(values) and values[-1] is not None


def _mark(kafka: MoveKafka, value: bytes | None) -> None:
    record = {"key": WINDOWS_MOVE_KEY, "value": value, "partition": 0}
    kafka.send_all(kafka.name(RULES), [record])


def _read_pending(kafka: MoveKafka, ends: Mapping[int, int]) -> list[ConsumerRecord]:
    """The signals before these offsets that no matcher has committed.

    Without ticks: there will be newer ones. What others send meanwhile is behind these offsets.
    """
    commits = kafka.admin.list_group_offsets([kafka.group])[kafka.group]
    pending: list[ConsumerRecord] = []
    for number, end in ends.items():
        partition = TopicPartition(kafka.name(SIGNALS), number)
        committed = commits[partition].offset if partition in commits else 0
        records = read_range(kafka.consumer, partition, committed, end)
        pending += [each for each in records if header(each.headers, "ce_type") != TICK]
    return pending


def _send_ticks(kafka: MoveKafka, count: int) -> dict[int, int]:
    """Their offset by partition. Every state has seen it, and sends its alerts again."""
    tick = Tick(time=LONG_AGO, partition=0, partitions=1)
    records = [encode_tick(tick, partition) for partition in range(count)]
    offsets = kafka.send_all(
        kafka.name(SIGNALS),
        [
            {"value": record.value, "headers": list(record.headers), "partition": record.partition}
            for record in records
        ],
    )
    return dict(enumerate(offsets))


def _address_again(
    pending: Iterable[ConsumerRecord], partitions: SignalsPartitions
) -> Iterator[Mapping[str, Any]]:
    for record in pending:
        for partition in _find_homes(record, partitions):
            body = {"key": record.key, "value": record.value, "headers": list(record.headers)}
            yield body | {"partition": partition}


def _find_homes(record: ConsumerRecord, partitions: SignalsPartitions) -> Sequence[int]:
    if header(record.headers, "ce_type") in FOR_ALL:
        return range(partitions.count)
    if record.key is None:
        return [record.partition]
    return [partitions.partition_of(record.key)]


def _write(kafka: MoveKafka, changelog: str, values: Mapping[TableKey, bytes | None]) -> None:
    kafka.send_all(
        changelog,
        [
            {"key": key.encode(), "value": value, "partition": key.partition}
            for key, value in values.items()
        ],
    )


def _commit(kafka: MoveKafka, ends: Mapping[int, int]) -> None:
    """Have matchers begin with the ticks."""
    offsets = {
        TopicPartition(kafka.name(SIGNALS), number): OffsetAndMetadata(offset, "", -1)
        for number, offset in ends.items()
    }
    answers = kafka.admin.alter_group_offsets(kafka.group, offsets)
    if refused := [error for error in answers.values() if error is not NoError]:
        raise CommandFailure(f"Kafka refuses the offsets: {refused[0]}; run it again")
