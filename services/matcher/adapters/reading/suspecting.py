"""Suspecting: events in, signals out of the rules that the reader suspects."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from schemas.duty import is_own
from schemas.event import Event
from schemas.signal import Signal
from schemas.tick import Tick
from services.matcher.adapters import metrics
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.detection.detect import send_failure, send_signal
from services.matcher.adapters.reading.active_reader import ActiveReader, ReadingRules
from services.matcher.adapters.reading.quiet_thread import QuietThread
from services.matcher.adapters.rules.guard import guard_rule
from services.matcher.adapters.topics.codec import EventsItem, Poison
from services.matcher.adapters.topics.record_sender import RecordSender
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.engine.effects import RuleFailure
from services.matcher.domain.reader.suspected_signals import make_suspected_signals
from services.trace_context import ItemTraces
from services.tracing import begin_span

WHERE = "reader"

Suspected = tuple[Signal, ...] | RuleFailure


@dataclass(slots=True)
class ReadingProgress:
    """The newest time that was read, of a report or a tick."""

    read_until: datetime | None = None

    def include(self, item: EventsItem) -> None:
        """Take the time of an item into account."""
        at = item.time if isinstance(item, Tick) else getattr(item, "recorded_at", None)
        if at is not None:
            self.read_until = max(at, self.read_until or at)

    def lag_seconds(self) -> float:
        """How far that is behind the wall's clock; 0 before anything is read.

        Negative where another machine's clock is ahead of ours.
        """
        if self.read_until is None:
            return 0.0
        return (datetime.now(UTC) - self.read_until).total_seconds()


@dataclass(frozen=True, slots=True)
class Suspecting:
    """Processes messages of the events topic; the model reads them in `thread`.

    What cannot be read is left to `detect`, which has it among the dead letters already; a report
    on which the reader itself fails is a dead letter of `reader`.
    """

    active: ActiveReader
    sender: RecordSender
    thread: QuietThread
    in_hand: InHand = field(default_factory=InHand)
    progress: ReadingProgress = field(default_factory=ReadingProgress)

    async def process(self, message: ConsumerRecord, lethal: frozenset[int] = frozenset()) -> None:
        """Read all reports of it together; returns when all that comes of it is queued, in order.

        The items that are `lethal` are not read.
        """
        held = self.in_hand.hold_items(message)
        items = {number: item for number, item in held if number not in lethal}
        reports = {
            number: item
            for number, item in items.items()
            if isinstance(item, Event) and not is_own(item.source)
        }
        metrics.READER_UNREADABLE.inc(sum(isinstance(item, Poison) for item in items.values()))
        if reports:
            results = await self.thread.run(partial(self._read_all, reports.values()))
            await self._send_all(zip(reports.items(), results, strict=True), message)
        for item in items.values():
            self.progress.include(item)

    def _read_all(self, reports: Iterable[Event]) -> list[Suspected]:
        current = self.active.current()
        return [guard_rule(WHERE, partial(_read, current, report)) for report in reports]

    async def _send_all(
        self, results: Iterable[tuple[tuple[int, Event], Suspected]], message: ConsumerRecord
    ) -> None:
        traces = ItemTraces.of(message.headers)
        for (number, report), suspected in results:
            metrics.EVENTS.inc()
            trace = traces.find(number)
            with begin_span("suspect", trace, event_id=report.id, source=report.source):
                await self._send(suspected, report, message)

    async def _send(self, suspected: Suspected, report: Event, message: ConsumerRecord) -> None:
        if isinstance(suspected, RuleFailure):
            await send_failure(self.sender, suspected, report, message)
            return
        for signal in suspected:
            metrics.READER_SIGNALS.labels(signal.pack, signal.rule).inc()
            await send_signal(self.sender, signal, message)


def _read(current: ReadingRules, report: Event) -> tuple[Signal, ...]:
    with metrics.READER_SECONDS.time():
        readings = current.reader.read(report)
    metrics.READER_GATED.inc(bool(readings))
    return tuple(make_suspected_signals(current.rulebook, readings))
