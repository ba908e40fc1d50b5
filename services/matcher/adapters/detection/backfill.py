"""Rebuild: the past of an events partition, judged again by the rules that changed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from aiokafka.errors import KafkaError

from schemas.bundle import BackfillBarrier, Rebuilt
from schemas.duty import is_own
from schemas.event import Event
from schemas.topics import RULES, SIGNALS
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.backfill_matcher import BackfillMatcher
from services.matcher.adapters.detection.detect import post
from services.matcher.adapters.detection.marks import backfilled_letter, rebuilt_letter
from services.matcher.adapters.detection.replay_source import OffsetRange, ReplaySource
from services.matcher.adapters.topics.message import Received, items
from services.matcher.adapters.topics.record_sender import RecordSender, dead_letter
from services.matcher.domain.changes.active_rules import ActiveRules

log = telemetry.logger(__name__)

AHEAD = timedelta(minutes=5)
"""How much later than it was written a report may say that it happened."""
WORK_SECONDS = 0.01
REST_SECONDS = 0.005
MOST_TRIES = 30
AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class Pace:
    """Work and rest in turn, so that what comes in live never waits for long."""

    begun: float = 0.0

    async def breathe(self) -> None:
        """Rest, if it is time."""
        loop = asyncio.get_running_loop()
        if loop.time() - self.begun > WORK_SECONDS:
            await asyncio.sleep(REST_SECONDS)
            self.begun = loop.time()


@dataclass(frozen=True, slots=True)
class BackfillPartitions:
    """How many partitions there are, and for which bundle an events partition is rebuilt."""

    signals: int
    events: Callable[[], int]
    rebuilt: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Backfill:
    """Has the past of events partitions judged again, one at a time.

    All of it may be done twice, or begun and given up: hits are sets, and marks come last.
    """

    past: ReplaySource
    outbox: RecordSender
    places: BackfillPartitions
    pace: Pace = field(default_factory=Pace)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, rules: ActiveRules, partition: int, until: int) -> None:
        """Judge by `rules` what stands before offset `until`, and say that it is done.

        Returns when Kafka has all of it.

        Raises:
            KafkaError: it does not, after many attempts.
        """
        done = self.places.rebuilt(partition)
        if rules.rebuilt_after(done):
            async with self._turn:
                hindsight = await asyncio.to_thread(BackfillMatcher.of, rules, done)
                await self._patiently(hindsight, partition, until)
        await self._mark(partition, rules.number)

    async def _patiently(self, hindsight: BackfillMatcher, partition: int, until: int) -> None:
        for attempt in range(1, MOST_TRIES + 1):
            try:
                await self._again(hindsight, partition, until)
            except KafkaError as error:
                log.warning("the past cannot be read", partition=partition, reason=repr(error))
                if attempt == MOST_TRIES:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _again(self, hindsight: BackfillMatcher, partition: int, until: int) -> None:
        since = hindsight.since
        if since is None:
            return
        log.info("judging the past again", partition=partition, since=since.isoformat())
        async with aclosing(self.past.read(OffsetRange(partition, since - AHEAD, until))) as past:
            async for messages in past:
                await self._judged(messages, hindsight)

    async def _judged(self, messages: Sequence[Received], hindsight: BackfillMatcher) -> None:
        """Send all that comes of some messages; what cannot be read was buried long ago."""
        sent: list[Awaitable[object]] = []
        for message in messages:
            for item in items(message):
                if isinstance(item, Event) and not is_own(item.source):
                    sent += await self._event(item, message, hindsight)
                    await self.pace.breathe()
        await _acknowledged(sent)

    async def _event(
        self, event: Event, message: Received, hindsight: BackfillMatcher
    ) -> list[Awaitable[object]]:
        verdict = hindsight(event)
        for signal in verdict.signals:
            metrics.BACKFILLS.labels(signal.pack, signal.rule).inc()
        sent = [await post(self.outbox, signal, message) for signal in verdict.signals]
        raw = event.model_dump_json(exclude_defaults=True).encode() if verdict.faults else None
        return sent + [
            await dead_letter(self.outbox, message, raw, one.why) for one in verdict.faults
        ]

    async def _mark(self, partition: int, number: int) -> None:
        """The end marks when all signals stand, the record when all marks do."""
        told = BackfillBarrier(partition=partition, partitions=self.places.events(), bundle=number)
        marks = (backfilled_letter(told, place) for place in range(self.places.signals))
        await _acknowledged([await self.outbox.send(SIGNALS, mark) for mark in marks])
        done = Rebuilt(partition=partition, bundle=number)
        await _acknowledged([await self.outbox.send(RULES, rebuilt_letter(done))])
        log.info("the past is judged", partition=partition, bundle=number)


async def _acknowledged(sent: Iterable[Awaitable[object]]) -> None:
    for one in sent:
        # giving up the wait must not give up the message, which others wait for too
        await asyncio.shield(one)
