"""One fake per port: it keeps the port's promises, and shows what it was told."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel

from schemas.alert import Alert, Status
from schemas.ledger import Entry, Sending
from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.ports import Unavailable
from services.matcher.adapters.topics.record_sender import TooLarge
from services.matcher.adapters.topics.records import ProducerRecord
from services.notifier.domain.codec import encode_superseding
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.ports import (
    Claim,
    Completion,
    Delay,
    Job,
    Notice,
    OutboxRecord,
)
from services.notifier.domain.routing.inhibition import FiringAlert, InhibitRule, may_inhibit
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.urgency import (
    ALL_LANES,
    NEXT_REVISION,
    Lane,
    Priority,
    Urgency,
    judge_urgency,
)

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
class FakeClock:
    """A clock that the test moves."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
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
            if notices[-1].alert.id == alert_id:
                return FoundMessage(notices[-1].alert.revision, handle)
        return None

    def check(self) -> None:
        if self.check_faults:
            raise self.check_faults.pop(0)

    def _show(self, handle: str, notice: Notice) -> None:
        fault = self.faults.pop(0) if self.faults else None
        error, takes_effect = fault if isinstance(fault, tuple) else (fault, fault is None)
        if takes_effect:
            self.shown.setdefault(handle, []).append(notice)
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
class _Queued:
    job: Job
    since: datetime
    due: datetime
    urgency: Urgency
    attempts: int = 0
    is_idle: bool = False


@dataclass
class FakeLog:
    """The queue and the log in memory, to be lost and rebuilt; `hold` is how long a lease lasts."""

    clock: FakeClock
    hold: timedelta = timedelta(seconds=30)
    completion: Completion | None = field(default_factory=lambda: Completion(NEW_YEAR, gap=False))
    rebuilt_by: str | None = None
    records: list[OutboxRecord] = field(default_factory=list)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    queue: dict[tuple[str, str], _Queued] = field(default_factory=dict)
    leases: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    tokens: int = 0
    steps: list[str] = field(default_factory=list)

    def lose_all(self) -> None:
        """As a Redis that starts without its file."""
        self.completion = self.rebuilt_by = None
        for held in (self.records, self.entries, self.queue, self.leases):
            held.clear()

    def epoch(self) -> str | None:
        return None if self.completion is None else str(self.completion.at)

    def put(self, jobs: Iterable[Job], receivers: Iterable[str], now: datetime) -> None:
        self._require_complete()
        names = tuple(receivers)
        for job in jobs:
            for name in names:
                key = (name, job.alert.id)
                if key in self.queue and not self._is_leased(key) and self._replaces(key, job):
                    self.records.append(encode_superseding(job, name, now))
                self.queue_up(key, job, now)

    def claim(
        self, receiver: str, now: datetime, lanes: Sequence[Lane] = ALL_LANES
    ) -> Claim | None:
        self._require_complete()
        due = [
            key
            for key, job in self.queue.items()
            if key[0] == receiver and job.due <= now and job.urgency.lane in lanes
        ]
        for key in sorted(due, key=self._rank):
            if not self._is_leased(key):
                return self._lease(key)
        return None

    def write(
        self, claim: Claim, entry: Entry, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        key = self._require_lease(claim)
        self.steps.append("write")
        self.entries[key] = entry
        self.records += records
        self.leases[key] = (claim.token, now + self.hold)

    def finish(
        self, claim: Claim, entry: Entry | None, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        key = self._require_lease(claim)
        self.steps.append("finish")
        if self._is_newer(key, claim):
            self.queue[key] = replace(
                self.queue[key], due=now, since=now, urgency=NEXT_REVISION, attempts=0
            )
        else:
            del self.queue[key]
        self._give_back(key, entry, records)

    def defer(self, claim: Claim, delay: Delay, records: Iterable[OutboxRecord]) -> None:
        key = self._require_lease(claim)
        self.steps.append("defer")
        queued = replace(self.queue[key], attempts=delay.attempts)
        if self._is_newer(key, claim):
            self.queue[key] = replace(queued, due=self.clock())
        else:
            urgency = judge_urgency(delay.entry or claim.entry, claim.alert)
            since = delay.until if delay.is_idle else queued.since
            self.queue[key] = replace(
                queued, due=delay.until, urgency=urgency, since=since, is_idle=delay.is_idle
            )
        self._give_back(key, delay.entry, records)

    def depth(self, receiver: str) -> int:
        return sum(key[0] == receiver for key in self.queue)

    def queue_up(self, key: tuple[str, str], job: Job, now: datetime) -> None:
        queued = self.queue.get(key)
        urgency = judge_urgency(self.entries.get(key, Entry()), job.alert)
        if queued is None:
            self.queue[key] = _Queued(job, now, now, urgency)
        elif self._replaces(key, job):
            since = now if queued.is_idle else queued.since
            self.queue[key] = _Queued(job, since, now, urgency, queued.attempts)

    def list_oldest(self, receiver: str) -> dict[Priority, datetime]:
        oldest: dict[Priority, datetime] = {}
        for (name, _), queued in self.queue.items():
            if name == receiver and queued.due <= self.clock():
                priority = queued.urgency.priority
                oldest[priority] = min(queued.since, oldest.get(priority, queued.since))
        return oldest

    def _rank(self, key: tuple[str, str]) -> tuple[int, datetime]:
        return self.queue[key].urgency.priority, self.queue[key].since

    def _replaces(self, key: tuple[str, str], job: Job) -> bool:
        return self.queue[key].job.alert.revision < job.alert.revision

    def _require_complete(self) -> None:
        if self.completion is None:
            raise LogLost("the log is not complete")

    def _lease(self, key: tuple[str, str]) -> Claim:
        self.tokens += 1
        self.leases[key] = (f"t{self.tokens}", self.clock() + self.hold)
        queued = self.queue[key]
        entry = self.entries.get(key, Entry())
        return Claim(queued.job, key[0], f"t{self.tokens}", queued.since, entry, queued.attempts)

    def _is_leased(self, key: tuple[str, str]) -> bool:
        return key in self.leases and self.leases[key][1] > self.clock()

    def _require_lease(self, claim: Claim) -> tuple[str, str]:
        key = (claim.receiver, claim.alert.id)
        if not self._is_leased(key) or self.leases[key][0] != claim.token:
            raise LeaseLost("the lease has ended")
        return key

    def _give_back(
        self, key: tuple[str, str], entry: Entry | None, records: Iterable[OutboxRecord]
    ) -> None:
        if entry is not None:
            self.entries[key] = entry
        self.records += records
        del self.leases[key]

    def _is_newer(self, key: tuple[str, str], claim: Claim) -> bool:
        return self.queue[key].job.alert.revision > claim.alert.revision


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

    def list_all(self) -> Sequence[FiringAlert]:
        return list(self.firing.values())


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
