"""Fakes of the matcher's ports: the rules topic, past events, a sentence model."""

import re
import zlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from operator import mul

from services.matcher.adapters.detection.replay_source import OffsetRange
from services.matcher.adapters.rules.rules_topic import BundleRecord
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.reader.ports import Plane, Vector


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


@dataclass
class CountingModel:
    """A sentence model that counts words, each in a place of its own; `asked` has what it read."""

    name: str = "counting"
    width: int = 64
    asked: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.asked += texts
        return [self._count(text) for text in texts]

    def _count(self, text: str) -> Vector:
        vector = [0.0] * self.width
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode()) % self.width] += 1.0
        return vector


def fit_means(vectors: Sequence[Vector], labels: Sequence[Sequence[bool | None]]) -> list[Plane]:
    """A HeadFitter: each plane stands halfway between the mean of its positives and the rest."""
    return [
        _stand_between(vectors, [row[column] for row in labels]) for column in range(len(labels[0]))
    ]


def _stand_between(vectors: Sequence[Vector], truth: Sequence[bool | None]) -> Plane:
    mine = _mean([each for each, label in zip(vectors, truth, strict=True) if label is True])
    rest = _mean([each for each, label in zip(vectors, truth, strict=True) if label is False])
    weights = [one - other for one, other in zip(mine, rest, strict=True)]
    middle = [(one + other) / 2 for one, other in zip(mine, rest, strict=True)]
    return Plane(weights, -sum(map(mul, weights, middle)))


def _mean(vectors: Sequence[Vector]) -> list[float]:
    return [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
