"""correlate: signals into windows, alerts out; ticks resolve and forget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from schemas.bundle import NO_BUNDLE, Backfilled
from schemas.envelope import BACKFILLED, INDICATION, TICK
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import SIGNALS
from services.matcher.adapters import metrics
from services.matcher.adapters.adoption import Adoption
from services.matcher.adapters.bundles import Bundles
from services.matcher.adapters.effects import WHERE, Effects
from services.matcher.adapters.guard import RuleFault
from services.matcher.adapters.hypotheses import Hypotheses
from services.matcher.adapters.judging import Judging
from services.matcher.adapters.message import Received, kind_of, reason
from services.matcher.adapters.outbox import Outbox, bury
from services.matcher.adapters.stepped import Heard
from services.matcher.adapters.windows import StateTooLarge, Windows
from services.matcher.domain.hypothesis_step import HypothesisOutcome
from services.matcher.domain.step import Moment

Told = Signal | Indication | Tick | Backfilled
_READ: Mapping[str | None, type[Told]] = {
    TICK: Tick,
    INDICATION: Indication,
    BACKFILLED: Backfilled,
}


@dataclass(slots=True)
class Correlation:
    """What `correlate` does with one message of the signals topic.

    `now` gives the time at which what a message leads to is announced.
    """

    windows: Windows
    hypotheses: Hypotheses
    outbox: Outbox
    now: Callable[[Told], datetime]
    bundles: Bundles
    effects: Effects = field(init=False)
    adoption: Adoption = field(init=False)
    judging: Judging = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.windows, self.outbox)
        self.adoption = Adoption(self.windows, self.hypotheses, self.effects, self.bundles)
        self.judging = Judging(self.windows, self.effects)

    def forget(self) -> None:
        """The table changed under us: partitions came or went."""
        self.windows.forget_schedules()
        self.hypotheses.forget()
        self.adoption.forget()

    async def take(self, message: Received) -> None:
        """Apply it. Returns when all that came of it is queued.

        Raises:
            BundleMissing: it was judged by rules that do not come here.
        """
        read = _READ.get(kind_of(message), Signal)
        try:
            told = read.model_validate_json(message.value or b"")
        except ValidationError as error:
            await bury(self.outbox, message, message.value, (reason(error), WHERE))
            return
        number = told.bundle if isinstance(told, Signal | Backfilled) else NO_BUNDLE
        now = self.now(told)
        force = await self.adoption.reach(number, message, now)
        await self._apply(told, Heard(message, force, self.windows.clock(message.partition), now))

    async def _apply(self, told: Told, heard: Heard) -> None:
        match told:
            case Tick():
                await self._tick(told, heard)
            case Backfilled():
                await self._backfilled(told, heard)
            case Indication():
                await self._indication(told, heard)
            case Signal():
                await self.judging.signal(told, heard)

    async def _backfilled(self, mark: Backfilled, heard: Heard) -> None:
        before = heard.clock
        marked = replace(heard, clock=before.marked(mark))
        await self.judging.release(before, marked)
        if marked.clock is not before:
            partition = heard.message.partition
            # the clock last: a crash on the way leaves the mark to be applied again
            self.windows.keep_clock(partition, marked.clock)
            metrics.RELEASED.labels(partition).set(marked.clock.released)

    async def _tick(self, tick: Tick, heard: Heard) -> None:
        metrics.TICKS.labels(SIGNALS).inc()
        message, before = heard.message, heard.clock
        clock = before.advanced(tick, message.offset).watching(self.windows.rules)
        await self.judging.tick(replace(heard, clock=clock), moved=clock is not before)
        try:
            moment = Moment(message.offset, clock.now(), heard.now)
            for outcome in self.hypotheses.tick(message.partition, moment):
                await self._levels(outcome, message)
        except StateTooLarge as error:
            await self.effects.refuse(message, str(error))
        if clock is not before:
            # the clock last: a crash on the way leaves the tick to be applied again
            self.windows.keep_clock(message.partition, clock)

    async def _indication(self, told: Indication, heard: Heard) -> None:
        message = heard.message
        if (told.pack, told.hypothesis) not in self.hypotheses.rules:
            why = f"hypothesis: no {told.hypothesis} in pack {told.pack}"
            await self.effects.refuse(message, why)
            return
        moment = Moment(message.offset, heard.clock.now(), heard.now)
        try:
            outcome = self.hypotheses.hear(told, message.partition, moment)
        except StateTooLarge as error:
            await self.effects.refuse(message, str(error))
            return
        await self._levels(outcome, message)

    async def _levels(self, outcome: HypothesisOutcome | RuleFault, message: Received) -> None:
        if isinstance(outcome, RuleFault):
            await bury(self.outbox, message, message.value, outcome.why)
            return
        for alert in outcome.alerts:
            await self.effects.alert(alert, message, changed=outcome.changed)
