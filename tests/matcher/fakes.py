"""Fakes of what the matcher's adapters reach out to when rules change."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from services.matcher.adapters.detection.replay_source import OffsetRange
from services.matcher.adapters.rules.rules_topic import BundleRecord
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.changes.active_rules import ActiveRules


@dataclass
class FakePublished:
    """The rules topic in memory: `stand` are there at the start, `come` one by one."""

    stand: list[BundleRecord] = field(default_factory=list)
    come: list[BundleRecord] = field(default_factory=list)
    done: dict[int, int] = field(default_factory=dict)
    seen: int = 0

    async def all(self) -> list[BundleRecord]:
        return self.stand

    async def more(self) -> list[BundleRecord]:
        return [self.come.pop(0)] if self.come else []

    async def end(self) -> int:
        return self.seen

    async def caught_up(self) -> None:
        """All is read."""

    def backfilled(self, partition: int) -> int:
        return self.done.get(partition, 0)

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class FakeReplaySource:
    """Messages in memory; the first reads meet `faults`."""

    messages: Sequence[Sequence[ConsumerRecord]] = ()
    faults: list[Exception] = field(default_factory=list)
    reads: list[OffsetRange] = field(default_factory=list)

    async def read(self, offsets: OffsetRange) -> AsyncGenerator[Sequence[ConsumerRecord], None]:
        self.reads.append(offsets)
        for messages in self.messages:
            yield messages
            if self.faults:
                raise self.faults.pop(0)


@dataclass
class FakeBackfillRunner:
    """Remembers the backfills that were to begin."""

    begun: list[tuple[int, int, int]] = field(default_factory=list)
    stops: int = 0

    def begin(self, rules: ActiveRules, partition: int, until: int) -> None:
        self.begun.append((rules.number, partition, until))

    def stop(self) -> None:
        self.stops += 1
