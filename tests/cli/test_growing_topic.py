"""A topic that grows while it is read is read to where its end was."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition

from cli.records import read_topic


@dataclass
class GrowingRecord:
    """A record that Kafka got well after the call."""

    at: TopicPartition
    offset: int

    @property
    def partition(self) -> int:
        return int(self.at.partition)

    @property
    def timestamp(self) -> float:
        return time.time() * 1_000 + 10_000


@dataclass
class GrowingTopic:
    """A consumer of two partitions, to each of which a message comes at every poll."""

    length: int = 3
    positions: dict[TopicPartition, int] = field(default_factory=lambda: defaultdict(int))

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return {0, 1}

    def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.length)

    def assign(self, partitions: list[TopicPartition]) -> None:
        self.positions |= dict.fromkeys(partitions, 7)

    def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        self.positions |= dict.fromkeys(partitions, 0)

    def position(self, partition: TopicPartition) -> int:
        return self.positions[partition]

    def poll(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        assert timeout_ms
        found = {at: [GrowingRecord(at, offset)] for at, offset in self.positions.items()}
        self.positions = {at: offset + 1 for at, offset in self.positions.items()}
        self.length += 1
        return found


def test_it_ends_where_its_end_was() -> None:
    consumer: Any = GrowingTopic()

    read = [f"{record.partition}@{record.offset}" for record in read_topic(consumer, "changelog")]

    assert read == ["0@0", "1@0", "0@1", "1@1", "0@2", "1@2"]
