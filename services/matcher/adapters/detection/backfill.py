"""Backfill: the past of an events partition, evaluated by the rules that changed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from aiokafka.errors import KafkaError

from schemas.bundle import BackfillBarrier, CompletedBackfill
from schemas.duty import is_own
from schemas.event import Event
from schemas.topics import RULES, SIGNALS
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.set_aside import set_aside, set_item_aside
from services.matcher.adapters.detection.backfill_matcher import BackfillMatcher
from services.matcher.adapters.detection.detect import send_failure, send_retraction, send_signal
from services.matcher.adapters.detection.matcher import thread_budget
from services.matcher.adapters.detection.replay_source import OffsetRange, ReplaySource
from services.matcher.adapters.topics.codec import (
    encode_barrier,
    encode_completed_backfill,
)
from services.matcher.adapters.topics.record_sender import RecordSender
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.crashes.lethal import HARMLESS, Lethal
from services.matcher.domain.rules.budget import Budget
from services.matcher.domain.rules.retractions import find_retraction

log = telemetry.logger(__name__)

AHEAD = timedelta(minutes=5)
"""How much later than it was written a report may say that it happened."""
WORK_SECONDS = 0.01
REST_SECONDS = 0.005
MOST_TRIES = 30
WHERE = "backfill"
RETRY_SECONDS = 1.0


@dataclass(slots=True)
class Pace:
    """Work and rest in turn, so that live messages never wait for long."""

    began: float = 0.0

    async def rest(self) -> None:
        """Sleep, if it has worked for long enough."""
        loop = asyncio.get_running_loop()
        if loop.time() - self.began > WORK_SECONDS:
            await asyncio.sleep(REST_SECONDS)
            self.began = loop.time()


@dataclass(frozen=True, slots=True)
class BackfillPartitions:
    """The numbers of partitions, and the bundle up to which an events partition is backfilled."""

    signals: int
    events: Callable[[], int]
    backfilled: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Backfill:
    """Backfills events partitions, one at a time.

    It may run twice, or be cancelled: hits are sets, and barriers come last. What is lethal to the
    rules that changed is set aside as in `detect`: `find_lethal` says what that is.
    """

    source: ReplaySource
    sender: RecordSender
    partitions: BackfillPartitions
    pace: Pace = field(default_factory=Pace)
    budget: Callable[[], Budget] = thread_budget
    in_hand: InHand = field(default_factory=InHand)
    find_lethal: Callable[[ConsumerRecord], Lethal] = lambda _message: HARMLESS
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, rules: ActiveRules, partition: int, until: int) -> None:
        """Evaluate `rules` on what is before offset `until`, and send that it is complete.

        Returns when Kafka has acknowledged all of it.

        Raises:
            KafkaError: Kafka failed in many attempts.
        """
        completed = self.partitions.backfilled(partition)
        if rules.rebuilt_after(completed):
            async with self._turn:
                matcher = await asyncio.to_thread(
                    BackfillMatcher.build, rules, completed, self.budget
                )
                await self._retry(matcher, partition, until)
        await self._complete(partition, rules.number)

    async def _retry(self, matcher: BackfillMatcher, partition: int, until: int) -> None:
        for attempt in range(1, MOST_TRIES + 1):
            try:
                await self._read_past(matcher, partition, until)
            except KafkaError as error:
                log.warning("past events cannot be read", partition=partition, reason=repr(error))
                if attempt == MOST_TRIES:
                    raise
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _read_past(self, matcher: BackfillMatcher, partition: int, until: int) -> None:
        since = matcher.since
        if since is None:
            return
        log.info("backfill begins", partition=partition, since=since.isoformat())
        async with aclosing(self.source.read(OffsetRange(partition, since - AHEAD, until))) as past:
            async for messages in past:
                await self._match_messages(messages, matcher)

    async def _match_messages(
        self, messages: Sequence[ConsumerRecord], matcher: BackfillMatcher
    ) -> None:
        """Send the signals of some messages. Poison is skipped: it is a dead letter already."""
        sent: list[Awaitable[object]] = []
        try:
            for message in messages:
                sent += await self._match_message(message, matcher)
        finally:
            self.in_hand.release()
        await _wait_acknowledged(sent)

    async def _match_message(
        self, message: ConsumerRecord, matcher: BackfillMatcher
    ) -> list[Awaitable[object]]:
        sent: list[Awaitable[object]] = []
        lethal = self.find_lethal(message)
        if lethal.is_whole:
            await set_aside(self.sender, message, message.value, WHERE)
            return sent
        for number, item in self.in_hand.hold_items(message):
            if number in lethal.items:
                await set_item_aside(self.sender, message, item, WHERE)
            elif isinstance(item, Event) and not is_own(item.source):
                sent += await self._match_event(item, message, matcher)
                await self.pace.rest()
        return sent

    async def _match_event(
        self, event: Event, message: ConsumerRecord, matcher: BackfillMatcher
    ) -> list[Awaitable[object]]:
        retraction, sent = find_retraction(event), list[Awaitable[object]]()
        if retraction is not None:
            sent += await send_retraction(self.sender, retraction, self.partitions.signals)
        result = matcher(event)
        for signal in result.signals:
            metrics.BACKFILL_SIGNALS.labels(signal.pack, signal.rule).inc()
        sent += [await send_signal(self.sender, signal, message) for signal in result.signals]
        return sent + [
            await send_failure(self.sender, failure, event, message) for failure in result.failures
        ]

    async def _complete(self, partition: int, bundle: int) -> None:
        """Send the barriers when Kafka has all signals, and the record when it has the barriers."""
        barrier = BackfillBarrier(
            partition=partition, partitions=self.partitions.events(), bundle=bundle
        )
        barriers = (encode_barrier(barrier, number) for number in range(self.partitions.signals))
        await _wait_acknowledged([await self.sender.send(SIGNALS, record) for record in barriers])
        record = encode_completed_backfill(CompletedBackfill(partition=partition, bundle=bundle))
        await _wait_acknowledged([await self.sender.send(RULES, record)])
        log.info("backfill completed", partition=partition, bundle=bundle)


async def _wait_acknowledged(sent: Iterable[Awaitable[object]]) -> None:
    for acknowledged in sent:
        # a cancelled wait must not cancel the message, which others wait for too
        await asyncio.shield(acknowledged)
