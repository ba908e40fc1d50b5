"""correlate: signals into windows, alerts out; ticks resolve and forget."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.bundle import NO_BUNDLE, BackfillBarrier
from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import SIGNALS
from services.matcher.adapters import metrics
from services.matcher.adapters.correlation.effects import WHERE, Effects
from services.matcher.adapters.correlation.hypotheses import Hypotheses
from services.matcher.adapters.correlation.migrations import Migrations
from services.matcher.adapters.correlation.processing import ProcessingContext
from services.matcher.adapters.correlation.source_silence import SourceSilence
from services.matcher.adapters.correlation.sources import Sources
from services.matcher.adapters.correlation.window_processor import WindowProcessor
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.guard import RuleFailure
from services.matcher.adapters.state.keyed_states import StateTooLarge
from services.matcher.adapters.state.windows import Windows
from services.matcher.adapters.topics.codec import Poison, SignalsMessage, decode_signals_message
from services.matcher.adapters.topics.record_sender import RecordSender, dead_letter
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.changes.clock import Clock
from services.matcher.domain.hypotheses.step import HypothesisOutcome


@dataclass(slots=True)
class Correlator:
    """What `correlate` does with one message of the signals topic.

    `now` gives the time at which what a message leads to is announced.
    """

    windows: Windows
    hypotheses: Hypotheses
    outbox: RecordSender
    now: Callable[[SignalsMessage], datetime]
    bundles: Bundles
    effects: Effects = field(init=False)
    adoption: Migrations = field(init=False)
    judging: WindowProcessor = field(init=False)
    silence: SourceSilence = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.windows, self.outbox)
        self.adoption = Migrations(self.windows, self.hypotheses, self.effects, self.bundles)
        self.judging = WindowProcessor(self.windows, self.effects, self.hypotheses.partitions)
        sources = Sources(self.windows.states, lambda: self.bundles.current.rulebook.sources)
        self.silence = SourceSilence(sources, self.hypotheses, self.effects)

    def forget(self) -> None:
        """The table changed under us: partitions came or went."""
        self.windows.forget_schedules()
        self.hypotheses.forget()
        self.adoption.forget()
        self.judging.forget()
        self.silence.sources.forget()

    async def take(self, message: ConsumerRecord) -> None:
        """Apply it. Returns when all that came of it is queued.

        Raises:
            BundleMissing: it was judged by rules that do not come here.
        """
        told = decode_signals_message(message)
        if isinstance(told, Poison):
            await dead_letter(self.outbox, message, told.raw, told.reason, WHERE)
            return
        now = self.now(told)
        await self._apply(told, await self.adoption.reach(_bundle_of(told), message, now))

    async def _apply(self, told: SignalsMessage, heard: ProcessingContext) -> None:
        match told:
            case Tick():
                await self._tick(told, heard)
            case BackfillBarrier():
                await self._backfilled(told, heard)
            case Indication():
                await self._indication(told, heard)
            case Heartbeat():
                await self.silence.take(told, heard)
            case Signal():
                await self.judging.signal(told, heard)

    async def _backfilled(self, mark: BackfillBarrier, heard: ProcessingContext) -> None:
        before = heard.clock
        marked = replace(heard, clock=before.with_barrier(mark))
        await self.judging.passed(before, marked)
        self._keep_clock(before, marked)

    async def _tick(self, tick: Tick, heard: ProcessingContext) -> None:
        metrics.TICKS.labels(SIGNALS).inc()
        message, before = heard.message, heard.clock
        marked = before.advanced(tick, message.offset).with_barrier(_mark_of(tick))
        clock = marked.watching(self.adoption.asking).naming(self.adoption.names)
        heard = replace(heard, clock=clock)
        await self.judging.passed(before, heard)
        try:
            moment = StepContext(message.offset, clock.now(), heard.now)
            for outcome in self.hypotheses.tick(message.partition, moment):
                await self._levels(outcome, message)
        except StateTooLarge as error:
            await self.effects.refuse(message, str(error))
        await self.silence.tick(heard)
        self._keep_clock(before, heard)

    def _keep_clock(self, before: Clock, heard: ProcessingContext) -> None:
        if heard.clock is not before:
            # the clock last: a crash on the way leaves the message to be applied again
            self.windows.keep_clock(heard.message.partition, heard.clock)
            metrics.RELEASED.labels(heard.message.partition).set(heard.clock.released_on(0))

    async def _indication(self, told: Indication, heard: ProcessingContext) -> None:
        message = heard.message
        if (told.pack, told.hypothesis) not in self.hypotheses.rules:
            why = f"hypothesis: no {told.hypothesis} in pack {told.pack}"
            await self.effects.refuse(message, why)
            return
        moment = StepContext(message.offset, heard.clock.now(), heard.now)
        try:
            outcome = self.hypotheses.hear(told, message.partition, moment)
        except StateTooLarge as error:
            await self.effects.refuse(message, str(error))
            return
        await self._levels(outcome, message)

    async def _levels(
        self, outcome: HypothesisOutcome | RuleFailure, message: ConsumerRecord
    ) -> None:
        if isinstance(outcome, RuleFailure):
            await dead_letter(self.outbox, message, message.value, outcome.reason, outcome.where)
            return
        for alert in outcome.alerts:
            await self.effects.alert(alert, message, changed=outcome.changed)


def _bundle_of(told: SignalsMessage) -> int:
    """The bundle by which it was made: what follows stands by that one, or a newer one."""
    if isinstance(told, Tick):
        return told.backfilled
    return told.bundle if isinstance(told, Signal | BackfillBarrier) else NO_BUNDLE


def _mark_of(tick: Tick) -> BackfillBarrier:
    """The end mark that a tick repeats."""
    return BackfillBarrier(
        partition=tick.partition, partitions=tick.partitions, bundle=tick.backfilled
    )
