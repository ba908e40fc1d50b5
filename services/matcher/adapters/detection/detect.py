"""detect: events in, signals out; ticks are passed on behind the signals they follow."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.bundle import NO_BUNDLE
from schemas.duty import is_own
from schemas.envelope import HEARTBEAT, SIGNAL, TICK, cloud_headers
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import EVENTS, SIGNALS
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.heartbeats import Heartbeats
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.unreadable import UnreadableItems
from services.matcher.adapters.topics.message import Poison, Received, items
from services.matcher.adapters.topics.record_sender import (
    ProducerRecord,
    RecordSender,
    TooLarge,
    dead_letter,
)

WHERE = "detect"
SOURCE = "vedette/matcher"


@dataclass(slots=True)
class Newest:
    """The newest `recorded_at` that detect has passed on; the recorded clock's time."""

    recorded_at: datetime | None = None

    def see(self, event: Event) -> None:
        """Take an event in."""
        if event.recorded_at is not None:
            known = self.recorded_at or event.recorded_at
            self.recorded_at = max(known, event.recorded_at)


@dataclass(frozen=True, slots=True)
class Detection:
    """What `detect` does with one message of the events topic. Keeps nothing but `newest`.

    `judge` asks the rules; `partitions` is the number of signals partitions. What cannot be read
    is left to `unreadable`. `heartbeats` None: no source is watched. `rebuilt` gives the bundle for
    which the past of an events partition has been judged again: every tick repeats it, for who has
    lost the end mark.
    """

    judge: Callable[[Event], MatchResult]
    outbox: RecordSender
    partitions: int
    unreadable: UnreadableItems
    newest: Newest = field(default_factory=Newest)
    heartbeats: Heartbeats | None = None
    rebuilt: Callable[[int], int] = lambda _partition: NO_BUNDLE

    async def take(self, message: Received) -> None:
        """Judge everything in it. Returns when all that came of it is queued, in order."""
        for item in items(message):
            match item:
                case Event():
                    await self._event(item, message)
                case Tick():
                    await self._tick(item)
                case Poison():
                    await self._unreadable(item, message)

    async def _unreadable(self, item: Poison, message: Received) -> None:
        told = await self.unreadable.take(item, message)
        if told is not None:
            await self._signal(told, message)

    async def _event(self, event: Event, message: Received) -> None:
        if is_own(event.source):
            await self._watchdog(event, message.partition)
            return
        metrics.EVENTS.inc()
        verdict = self.judge(event)
        for pack, rule in {(signal.pack, signal.base) for signal in verdict.signals}:
            metrics.MATCHES.labels(pack, rule).inc()
        for signal in verdict.signals:
            await self._signal(signal, message)
        for fault in verdict.faults:
            raw = event.model_dump_json(exclude_defaults=True).encode()
            await dead_letter(self.outbox, message, raw, fault.why)
        self.newest.see(event)
        if self.heartbeats is not None:
            for heartbeat in self.heartbeats.sample(event, message.partition):
                metrics.HEARTBEATS.inc()
                await self.outbox.send(SIGNALS, heartbeat_record(heartbeat))

    async def _watchdog(self, event: Event, partition: int) -> None:
        """Pass the watchdog's report on, spread over the signals partitions."""
        at = event.recorded_at or event.occurred_at
        heartbeat = Heartbeat(source=event.source, event=event.id, at=at, partition=partition)
        await self.outbox.send(SIGNALS, heartbeat_record(heartbeat, partition % self.partitions))

    async def _signal(self, signal: Signal, message: Received) -> None:
        metrics.SIGNALS.labels(signal.pack, signal.rule).inc()
        await post(self.outbox, signal, message)

    async def _tick(self, tick: Tick) -> None:
        metrics.TICKS.labels(EVENTS).inc()
        told = tick.model_copy(update={"rebuilt": self.rebuilt(tick.partition)})
        for partition in range(self.partitions):
            await self.outbox.send(SIGNALS, tick_letter(told, partition))


async def post(outbox: RecordSender, signal: Signal, message: Received) -> Awaitable[object]:
    """Send a signal that `message` led to, or bury it if it is too large."""
    letter = signal_letter(signal)
    try:
        return await outbox.send(SIGNALS, letter)
    except TooLarge as error:
        return await dead_letter(outbox, message, letter.value, (str(error), signal.rule))


def signal_letter(signal: Signal) -> ProducerRecord:
    """A signal as a message; the same hit of the same window has the same `ce_id`."""
    mark = b" ".join([signal.key, signal.kind.encode(), signal.base.encode()])
    identity = hashlib.sha256(mark + signal.identity.encode()).hexdigest()[:20]
    headers = cloud_headers(
        SIGNAL, identity, SOURCE, signal.occurred_at, signal.evidence.recorded_at
    )
    return ProducerRecord(
        signal.model_dump_json(exclude_defaults=True).encode(), headers, signal.key
    )


def heartbeat_record(heartbeat: Heartbeat, partition: int | None = None) -> ProducerRecord:
    """A heartbeat as a message; that of the same report has the same `ce_id`."""
    digest = hashlib.sha256(f"{heartbeat.source} {heartbeat.event}".encode()).hexdigest()[:20]
    headers = cloud_headers(HEARTBEAT, f"heartbeat-{digest}", SOURCE, heartbeat.at)
    return ProducerRecord(heartbeat.model_dump_json().encode(), headers, heartbeat.key, partition)


def tick_letter(tick: Tick, partition: int) -> ProducerRecord:
    """A tick as a message for `partition`, without a key."""
    identity = f"tick-{tick.partition}-{tick.time.isoformat()}"
    headers = cloud_headers(TICK, identity, SOURCE, tick.time)
    return ProducerRecord(
        tick.model_dump_json(exclude_defaults=True).encode(), headers, partition=partition
    )
