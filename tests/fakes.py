"""One fake per port: it keeps the port's promises, and shows what it was told."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from schemas.alert import Alert, Status
from schemas.ledger import Sending
from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.ports import StoriesUnavailable, Unavailable
from services.ingest.domain.pulling.ports import NotLeading, PositionsUnavailable, PulledReports
from services.ingest.domain.stories.memory_index import MemoryIndex
from services.ingest.domain.stories.report import StoryReport
from services.matcher.adapters.topics.record_sender import TooLarge
from services.matcher.adapters.topics.records import ProducerRecord
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.ports import Notice, OutboxRecord
from services.notifier.domain.routing.inhibition import (
    FiringAlert,
    InhibitedBy,
    InhibitRule,
    may_inhibit,
)
from services.notifier.domain.routing.inhibition_index import InhibitionIndex
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.traits import ReceiverTraits

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

M = TypeVar("M", bound=BaseModel)


@dataclass
class FakePublisher:
    """Kafka as ingest sees it: `away` takes nothing, partitions in `deaf` acknowledge nothing."""

    partitions: int = 4
    away: bool = False
    deaf: frozenset[int] = frozenset()
    published: list[EventsMessage] = field(default_factory=list)

    def partition_of(self, key: bytes) -> int:
        if self.away:
            raise Unavailable("Kafka: nobody there")
        return sum(key) % self.partitions

    async def publish(self, messages: Sequence[EventsMessage]) -> Sequence[bool]:
        await asyncio.sleep(0)
        self.published += [message for message in messages if message.partition not in self.deaf]
        return [message.partition not in self.deaf for message in messages]


@dataclass
class FakeStoryIndex:
    """Stories in memory; `fault` is raised, and while it is stuck nothing is answered."""

    fault: str | None = None
    is_stuck: bool = False
    memory: MemoryIndex = field(default_factory=MemoryIndex)

    async def check(self) -> None:
        await self._answer()

    async def assign(self, reports: Sequence[StoryReport]) -> list[str]:
        await self._answer()
        return [self.memory.assign(report) for report in reports]

    async def _answer(self) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()
        if self.fault is not None:
            raise StoriesUnavailable(self.fault)


@dataclass
class FakeClock:
    """A clock that the test moves."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@dataclass
class SteppedClock:
    """A monotonic clock that the test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class FakeReceiver:
    """A channel whose calls use up `faults` (None: the call succeeds).

    An exception is raised instead of the call, `(exception, True)` after it took effect.
    """

    traits: ReceiverTraits = field(default_factory=lambda: ReceiverTraits("slack"))
    faults: list[Exception | tuple[Exception, bool] | None] = field(default_factory=list)
    find_faults: list[Exception] = field(default_factory=list)
    check_faults: list[Exception] = field(default_factory=list)
    shown: dict[str, list[Notice]] = field(default_factory=dict)
    history: list[Notice] = field(default_factory=list)
    replies: list[Notice] = field(default_factory=list)
    lookups: int = 0

    def send(self, notice: Notice) -> str:
        handle = f"m{len(self.shown) + 1}"
        self._show(handle, notice)
        return handle

    def edit(self, handle: str, notice: Notice) -> str:
        self._show(handle, notice)
        return handle

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        del sending  # the whole history is searched
        self.lookups += 1
        if self.find_faults:
            raise self.find_faults.pop(0)
        for handle, notices in self.shown.items():
            shown = notices[-1].group or notices[-1].alert
            if shown.id == alert_id:
                return FoundMessage(shown.revision, handle)
        return None

    def reply(self, handle: str, notice: Notice) -> None:
        fault = self.faults.pop(0) if self.faults else None
        error, takes_effect = fault if isinstance(fault, tuple) else (fault, fault is None)
        if takes_effect:
            assert handle in self.shown
            self.replies.append(notice)
        if error is not None:
            raise error

    def has_reply(self, handle: str, notice: Notice) -> bool:
        assert handle in self.shown
        told = [each.group or each.alert for each in self.replies]
        shown = notice.group or notice.alert
        return (shown.id, shown.revision) in [(each.id, each.revision) for each in told]

    def check(self) -> None:
        if self.check_faults:
            raise self.check_faults.pop(0)

    def _show(self, handle: str, notice: Notice) -> None:
        fault = self.faults.pop(0) if self.faults else None
        error, takes_effect = fault if isinstance(fault, tuple) else (fault, fault is None)
        if takes_effect:
            # in one step, since tests look at it from another thread
            self.shown[handle] = [*self.shown.get(handle, ()), notice]
            self.history.append(notice)
        if error is not None:
            raise error


@dataclass
class FakeOutbox:
    """Keeps what is appended, until it is dropped."""

    appended: list[OutboxRecord] = field(default_factory=list)

    def append(self, records: Iterable[OutboxRecord]) -> None:
        self.appended += records

    def take(self, most: int) -> list[OutboxRecord]:
        return self.appended[:most]

    def drop(self, count: int) -> None:
        del self.appended[:count]


@dataclass
class FakeFiring:
    """The alerts that inhibit others, in memory."""

    firing: dict[str, FiringAlert] = field(default_factory=dict)

    def note(self, alerts: Iterable[Alert], rules: Sequence[InhibitRule], now: datetime) -> None:
        del now  # nothing is forgotten
        for alert in alerts:
            labels = label_alert(alert)
            self.firing.pop(alert.id, None)
            if alert.status is Status.FIRING and may_inhibit(rules, labels):
                self.firing[alert.id] = FiringAlert(alert.id, labels)

    def find(self, rules: Sequence[InhibitRule], alert: FiringAlert) -> InhibitedBy | None:
        return InhibitionIndex.of(rules, self.firing.values()).find(alert)


@dataclass
class FakeRecordSender:
    """Topics that keep what was sent; what is over `limit` bytes is too large.

    While `silent`, nothing is acknowledged; `acknowledge` makes up for it.
    """

    limit: int = 10**6
    silent: bool = False
    sent: list[tuple[str, ProducerRecord]] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
        if len(record.value or b"") > self.limit:
            raise TooLarge("over the size limit")
        self.sent.append((topic, record))
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        if not self.silent:
            self.acknowledge()
        return answer

    def acknowledge(self) -> None:
        for answer in self.waiting:
            answer.set_result(None)
        self.waiting.clear()

    def to(self, topic: str) -> list[ProducerRecord]:
        return [record for name, record in self.sent if name == topic]

    def decode(self, topic: str, model: type[M]) -> list[M]:
        """What was sent to the topic, each as one of the model."""
        return [model.model_validate_json(record.value or b"") for record in self.to(topic)]


@dataclass
class FakePositions:
    """Positions and the lease of one worker, in memory; `away`: nobody reaches them."""

    positions: dict[str, str] = field(default_factory=dict)
    is_leading: bool = True
    away: bool = False

    async def acquire(self) -> bool:
        self._reach()
        return self.is_leading

    async def renew(self) -> None:
        self._reach()
        if not self.is_leading:
            raise NotLeading

    async def release(self) -> None:
        self._reach()
        self.is_leading = False

    async def load(self, source: str) -> str | None:
        self._reach()
        return self.positions.get(source)

    async def save(self, source: str, position: str) -> None:
        await self.renew()
        self.positions[source] = position

    def _reach(self) -> None:
        if self.away:
            raise PositionsUnavailable("Redis: nobody there")


@dataclass
class FakePuller:
    """A source that grows: its position is how many of `reports` were read, `at_once` in turn."""

    reports: list[dict[str, Any]] = field(default_factory=list)
    at_once: int = 2
    failure: Exception | None = None
    hangs: bool = False

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        for start in range(int(position or 0), len(self.reports), self.at_once):
            chunk = self.reports[start : start + self.at_once]
            yield PulledReports(chunk, str(start + len(chunk)))
