"""The stream of alerts over a consumer in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition
from kafka.errors import OffsetOutOfRangeError

from services.notifier.adapters.stream import AlertStream
from services.notifier.adapters.watchdog import HeartbeatForwarder
from services.notifier.domain.ports import Job
from services.notifier.domain.routing.default_routes import make_default_routing
from tests.fake_log import FakeLog
from tests.fakes import FakeFiring, FakeOutbox
from tests.notifier.alerts import NOON

PARTITION = TopicPartition("t.alerts", 0)


@dataclass(frozen=True)
class AlertRecord:
    value: bytes
    offset: int
    topic: str = PARTITION.topic
    partition: int = PARTITION.partition
    key: bytes = b"k"
    timestamp: int = int(NOON.timestamp() * 1000)
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp_type: int = 0


@dataclass
class FakeConsumer:
    """One partition; `meanwhile` happens during each commit."""

    records: list[AlertRecord]
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    at: int = 0
    committed: int = 0
    start: int = 0
    owns: bool = True

    def commit(self, ends: dict[TopicPartition, Any], timeout_ms: int) -> None:
        del timeout_ms
        if self.meanwhile:
            self.meanwhile.pop(0)()
        self.committed = ends[PARTITION].offset

    def seek(self, partition: TopicPartition, offset: int) -> None:
        assert partition == PARTITION
        self.at = offset

    def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.start)

    def assignment(self) -> set[TopicPartition]:
        return {PARTITION} if self.owns else set()

    def position(self, partition: TopicPartition) -> int:
        assert partition == PARTITION
        return self.at

    def highwater(self, partition: TopicPartition) -> int:
        assert partition == PARTITION
        return len(self.records)

    def close(self, timeout_ms: int) -> None:
        pass


@dataclass
class FakeMember:
    """Gives all that stands after the position, and ends the service after two polls."""

    consumer: FakeConsumer
    stopping: threading.Event
    is_lost: bool = False
    polls: int = 0

    def poll(self) -> dict[TopicPartition, list[AlertRecord]]:
        self.polls += 1
        if self.polls > 1:
            self.stopping.set()
        if self.consumer.at < self.consumer.start:
            raise OffsetOutOfRangeError({PARTITION: self.consumer.at})
        unread = self.consumer.records[self.consumer.at :]
        self.consumer.at = len(self.consumer.records)
        return {PARTITION: unread} if unread else {}


def run(log: FakeLog, consumer: FakeConsumer, stored: list[Job] | None = None) -> FakeOutbox:
    stored = [] if stored is None else stored
    stopping, outbox = threading.Event(), FakeOutbox()
    member: Any = FakeMember(consumer, stopping)
    stream = AlertStream(
        member,
        log,
        outbox,
        lambda: make_default_routing(["slack"]),
        log.clock,
        lambda: None,
        HeartbeatForwarder(log.clock),
        FakeFiring(),
        stored.extend,
    )
    stream.run(stopping)
    return outbox
