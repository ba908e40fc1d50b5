"""The rules topic as a worker reads it: bundles, and what is known of each events partition."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas.bundle import (
    BUNDLE_KEY,
    LARGEST_RULES,
    NUMBER_KEY,
    WINDOWS_MOVE_KEY,
    CompletedBackfill,
)
from schemas.crash import CRASH_KEY_PREFIX, Crash
from schemas.envelope import find_header_fault
from services import telemetry
from services.kafka_address import KafkaAddress
from services.matcher.adapters.crashes.known_crashes import KnownCrashes
from services.matcher.adapters.topics.cluster import KafkaAbsent

log = telemetry.logger(__name__)

START_SECONDS = 30.0
POLL_MS = 1000
AGAIN_SECONDS = 1.0


class Record(Protocol):
    """What is read of a message of the topic."""

    @property
    def offset(self) -> int: ...  # noqa: D102  (Kafka's own words, here and below)
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Iterable[tuple[str, bytes]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class BundleRecord:
    """A bundle of the topic, not yet parsed; `fault` is what its headers refuse it for."""

    number: int
    raw: bytes
    fault: str | None = None


@dataclass(slots=True)
class RulesRead:
    """What of the topic was read so far.

    `done`: the bundle up to which each events partition is backfilled. `moving`: windows are being
    moved to other partitions.
    """

    done: dict[int, int] = field(default_factory=dict)
    moving: bool = False
    crashes: KnownCrashes = field(default_factory=KnownCrashes)

    def take(self, records: Iterable[Record]) -> list[BundleRecord]:
        """Note what they say of partitions; the bundles among them, in order."""
        bundles: list[BundleRecord] = []
        for record in records:
            fault = find_header_fault(record.headers)
            if record.key == NUMBER_KEY:
                continue
            if record.key == WINDOWS_MOVE_KEY:
                self.moving = record.value is not None
            elif record.key == BUNDLE_KEY:
                bundles.append(BundleRecord(record.offset + 1, record.value or b"", fault))
            elif fault is not None:
                _warn_of(record, fault)
            elif record.key is not None and record.key.startswith(CRASH_KEY_PREFIX):
                self.crashes.note(record.key, record.value)
            else:
                self._note(record)
        return bundles

    def backfilled(self, partition: int) -> int:
        """The newest bundle for which an events partition is backfilled."""
        return self.done.get(partition, 0)

    def _note(self, record: Record) -> None:
        completed = _read_completed(record)
        if completed is None:
            _warn_of(record, "no completed backfill")
        else:
            self.done[completed.partition] = max(
                completed.bundle, self.backfilled(completed.partition)
            )


def _warn_of(record: Record, fault: str) -> None:
    log.warning(
        "unreadable in the rules topic", key=repr(record.key), at=record.offset, reason=fault
    )


def _read_completed(record: Record) -> CompletedBackfill | None:
    """None also where its bundle would come after it."""
    try:
        completed = CompletedBackfill.model_validate_json(record.value or b"")
    except ValidationError:
        return None
    return completed if completed.bundle <= record.offset else None


@dataclass(slots=True)
class RulesTopicReader:
    """A separate consumer, without a group: every worker reads every message.

    `ends` is another one, which only asks for the end of the topic: Kafka answers the requests of a
    connection one after the other, so on that of `consumer` they would wait for its long polls.
    """

    consumer: Any
    ends: Any
    partition: TopicPartition
    read: RulesRead = field(default_factory=RulesRead)
    seen: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def open(cls, address: KafkaAddress, topic: str, wait_ms: int) -> Self:
        """At the beginning of the topic, which exists; `wait_ms` as every fetch may take.

        Raises:
            KafkaAbsent: Kafka does not answer.
        """
        consumer = AIOKafkaConsumer(
            **address.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LARGEST_RULES,
            fetch_max_wait_ms=wait_ms,
        )
        ends = AIOKafkaConsumer(**address.client_options(), enable_auto_commit=False)
        reader = cls(consumer, ends, TopicPartition(topic, 0))
        try:
            await reader._start()
        except KafkaError as error:
            await reader.close()
            raise KafkaAbsent(f"topic {topic} cannot be read: {error!r}") from None
        return reader

    async def _start(self) -> None:
        await self.consumer.start()
        await self.ends.start()
        self.consumer.assign([self.partition])
        await self.consumer.seek_to_beginning(self.partition)

    async def all(self) -> list[BundleRecord]:
        """Every bundle in the topic now.

        Raises:
            KafkaAbsent: Kafka does not give them within half a minute.
        """
        bundles: list[BundleRecord] = []
        try:
            async with asyncio.timeout(START_SECONDS):
                end = await self._end()
                while self.seen < end:
                    bundles += await self.more()
        except (KafkaError, TimeoutError) as error:
            raise KafkaAbsent(f"topic {self.partition.topic} cannot be read: {error!r}") from None
        return bundles

    async def more(self) -> list[BundleRecord]:
        """The bundles that came since; waits for a second at most."""
        polled = await self.consumer.getmany(self.partition, timeout_ms=POLL_MS)
        bundles = self.read.take(record for records in polled.values() for record in records)
        self.seen = await self.consumer.position(self.partition)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        return bundles

    async def caught_up(self) -> None:
        """Wait until `more`, called by another task, has read all that is in the topic now."""
        end = await self.end()
        while self.seen < end:
            await self._moved.wait()

    async def end(self) -> int:
        """The highest number that a bundle of the topic can have now; waits for Kafka."""
        while True:
            try:
                return await self._end()
            except KafkaError as error:
                log.warning("Kafka does not answer", reason=repr(error))
            await asyncio.sleep(AGAIN_SECONDS)

    def backfilled(self, partition: int) -> int:
        """The newest bundle for which an events partition is backfilled."""
        return self.read.backfilled(partition)

    def crashes(self, topic: str, partition: int) -> tuple[Crash, ...]:
        """The crashes that name messages of a partition, from any thread."""
        return self.read.crashes.of(topic, partition)

    def require_windows_at_rest(self) -> None:
        """Pass, unless windows were being moved when the topic was read.

        Raises:
            KafkaAbsent: they were.
        """
        if self.read.moving:
            raise KafkaAbsent(
                "windows are being moved: if `vedette topics move-windows` has ended, run it again"
            )

    async def close(self) -> None:
        """Close the connections."""
        await self.consumer.stop()
        await self.ends.stop()

    async def _end(self) -> int:
        ends = await self.ends.end_offsets([self.partition])
        end: int = ends[self.partition]
        return end
