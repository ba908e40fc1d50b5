"""detect: events in, signals out; ticks are passed on behind the signals they follow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from schemas.bundle import NO_BUNDLE
from schemas.duty import is_own
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import EVENTS, SIGNALS
from services.matcher.adapters import metrics
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.set_aside import set_item_aside
from services.matcher.adapters.detection.heartbeats import Heartbeats
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.quotas import OVER_QUOTA, Quotas
from services.matcher.adapters.detection.ticks import is_ahead
from services.matcher.adapters.detection.unreadable import UnreadableItems
from services.matcher.adapters.topics.codec import (
    EventsItem,
    Poison,
    encode_event,
    encode_heartbeat,
    encode_retraction,
    encode_signal,
    encode_tick,
)
from services.matcher.adapters.topics.record_sender import RecordSender, TooLarge, dead_letter
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.engine.effects import RuleFailure
from services.matcher.domain.rules.retractions import find_retraction
from services.trace_context import ItemTraces
from services.tracing import begin_span, carry_trace

WHERE = "detect"


@dataclass(slots=True)
class Newest:
    """The newest `recorded_at` that detect has processed; the time of the recorded clock."""

    recorded_at: datetime | None = None

    def include(self, event: Event) -> None:
        """Take the time of an event into account."""
        at, newest = event.recorded_at, self.recorded_at
        if at is not None and (newest is None or at > newest):
            self.recorded_at = at


@dataclass(frozen=True, slots=True)
class Detection:
    """Processes messages of the events topic; its only state is `newest`.

    `matcher` evaluates the rules; `partitions` is the number of signals partitions. `heartbeats`
    None: no source is watched. `quotas` None: every report is evaluated. `backfilled` gives the
    bundle up to which an events partition is backfilled: every tick repeats it, for states that
    have lost the barrier. `in_hand` has which item is processed. `clock_skew`: seconds that a tick
    may be ahead of Kafka's clock.
    """

    matcher: Callable[[Event], MatchResult]
    sender: RecordSender
    partitions: int
    unreadable: UnreadableItems
    newest: Newest = field(default_factory=Newest)
    heartbeats: Heartbeats | None = None
    quotas: Quotas | None = None
    backfilled: Callable[[int], int] = lambda _partition: NO_BUNDLE
    in_hand: InHand = field(default_factory=InHand)
    clock_skew: float = inf

    async def process(self, message: ConsumerRecord, lethal: frozenset[int] = frozenset()) -> None:
        """Process everything in it, and set aside the items of a batch that are `lethal`.

        Returns when all that comes of it is queued, in order.
        """
        traces, events = ItemTraces.of(message.headers), 0
        for number, item in self.in_hand.hold_items(message):
            trace = traces.find(number)
            if number in lethal:
                with carry_trace(trace):
                    await set_item_aside(self.sender, message, item, WHERE)
            elif isinstance(item, Event) and not is_own(item.source):
                events += 1
                with begin_span(WHERE, trace, event_id=item.id, source=item.source):
                    await self._detect(item, message)
            else:
                with carry_trace(trace):
                    await self._pass_item(item, message)
        # not for each item: to add one to a counter takes longer than most rules
        metrics.EVENTS.inc(events)

    async def _pass_item(self, item: EventsItem, message: ConsumerRecord) -> None:
        """Process what no rule is asked about: of events only the watchdog's."""
        match item:
            case Event():
                await self._pass_watchdog(item, message.partition)
            case Tick():
                await self._pass_tick(item, message)
            case Poison():
                await self._refuse_item(item, message)

    async def _refuse_item(self, item: Poison, message: ConsumerRecord) -> None:
        signal = await self.unreadable.take(item, message)
        if signal is not None:
            await self._send_signal(signal, message)

    async def _detect(self, event: Event, message: ConsumerRecord) -> None:
        # whatever the quota says: a hit that stays in a window would be worse
        if (retraction := find_retraction(event)) is not None:
            await send_retraction(self.sender, retraction, self.partitions)
        result = self._match(event, message)
        if result is None:
            await self._refuse_item(Poison(encode_event(event), OVER_QUOTA), message)
        elif result.signals or result.failures:
            await self._send_result(result, event, message)
        self.newest.include(event)
        if self.heartbeats is not None:
            for heartbeat in self.heartbeats.sample(event, message.partition):
                metrics.HEARTBEATS.inc()
                await self.sender.send(SIGNALS, encode_heartbeat(heartbeat))

    async def _send_result(
        self, result: MatchResult, event: Event, message: ConsumerRecord
    ) -> None:
        for pack, rule in {(signal.pack, signal.base) for signal in result.signals}:
            metrics.MATCHES.labels(pack, rule).inc()
        for signal in result.signals:
            await self._send_signal(signal, message)
        for failure in result.failures:
            await send_failure(self.sender, failure, event, message)

    def _match(self, event: Event, message: ConsumerRecord) -> MatchResult | None:
        if self.quotas is None:
            return self.matcher(event)
        return self.quotas.match(self.matcher, event, message.partition)

    async def _pass_watchdog(self, event: Event, partition: int) -> None:
        """Pass the watchdog's report on, spread over the signals partitions."""
        at = event.learned_at
        heartbeat = Heartbeat(source=event.source, event=event.id, at=at, partition=partition)
        await self.sender.send(SIGNALS, encode_heartbeat(heartbeat, partition % self.partitions))

    async def _send_signal(self, signal: Signal, message: ConsumerRecord) -> None:
        metrics.SIGNALS.labels(signal.pack, signal.rule).inc()
        await send_signal(self.sender, signal, message)

    async def _pass_tick(self, tick: Tick, message: ConsumerRecord) -> None:
        if is_ahead(tick, message, self.clock_skew):
            metrics.TICKS_REFUSED.inc()
            return
        metrics.TICKS.labels(EVENTS).inc()
        marked = tick.model_copy(update={"backfilled": self.backfilled(tick.partition)})
        for partition in range(self.partitions):
            await self.sender.send(SIGNALS, encode_tick(marked, partition))


async def send_retraction(
    sender: RecordSender, retraction: Retraction, partitions: int
) -> list[Awaitable[object]]:
    """Send a retraction to each of so many signals partitions: any may hold hits of the event."""
    records = (encode_retraction(retraction, partition) for partition in range(partitions))
    return [await sender.send(SIGNALS, record) for record in records]


async def send_signal(
    sender: RecordSender, signal: Signal, message: ConsumerRecord
) -> Awaitable[object]:
    """Send a signal that `message` led to, or a dead letter if it is too large."""
    record = encode_signal(signal)
    try:
        return await sender.send(SIGNALS, record)
    except TooLarge as error:
        return await dead_letter(sender, message, record.value, str(error), signal.rule)


async def send_failure(
    sender: RecordSender, failure: RuleFailure, event: Event, message: ConsumerRecord
) -> Awaitable[object]:
    """Send an event on which a rule failed to the dead letters."""
    return await dead_letter(sender, message, encode_event(event), failure.reason, failure.where)
