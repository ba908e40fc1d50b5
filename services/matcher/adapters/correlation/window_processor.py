"""Judging: messages through the windows of the rules in force."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace

from schemas.bundle import BackfillBarrier
from schemas.signal import Signal
from schemas.topics import SIGNALS
from services.matcher.adapters import metrics
from services.matcher.adapters.correlation.effects import Effects
from services.matcher.adapters.correlation.processing import (
    ProcessingContext,
    Stepped,
    released,
    stepped,
    ticked,
)
from services.matcher.adapters.rules.guard import RuleFailure, guard_rule
from services.matcher.adapters.state.windows import Windows, rule_of
from services.matcher.adapters.topics.codec import encode_barrier
from services.matcher.adapters.topics.record_sender import dead_letter
from services.matcher.domain.alerts.step import TOO_LATE
from services.matcher.domain.changes.clock import Clock
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule

Judge = Callable[[WindowRule, WindowState, ProcessingContext], Stepped]

AT_ONCE = 50
"""States that are judged before others have their turn in the worker."""


@dataclass(frozen=True, slots=True)
class WindowProcessor:
    """What one message leads to in the windows of its partition.

    `partitions` is the number of signals partitions; `repeated` has those whose end marks for the
    rules above were sent again since this worker has them: another table may have lost them.
    """

    windows: Windows
    effects: Effects
    partitions: int
    repeated: set[int] = field(default_factory=set)

    def forget(self) -> None:
        """Partitions came or went."""
        self.repeated.clear()

    async def signal(self, signal: Signal, heard: ProcessingContext) -> None:
        """Take a hit or a mark into its window; one for a rule that was removed is nothing."""
        name = (signal.pack, signal.rule)
        rule = self.windows.rules.get(name)
        known = heard.force.number if rule is None else heard.force.generation(name).changed_in
        if signal.bundle < known:
            metrics.STALE_SIGNALS.labels(signal.pack, signal.rule).inc()
        if rule is None:
            await self._of_no_rule(signal, heard)
            return
        state = self.windows.state(heard.message.partition, signal.key)
        result = guard_rule(signal.rule, lambda: stepped(rule, state, signal, heard))
        if not isinstance(result, RuleFailure):
            await self._refused(signal, result.outcome.refused, heard)
        await self.effects.apply(signal.key, result, heard.message)

    async def _of_no_rule(self, signal: Signal, heard: ProcessingContext) -> None:
        if signal.bundle >= heard.force.number:
            why = f"rule: no {signal.rule} in pack {signal.pack}"
            await self.effects.refuse(heard.message, why)

    async def _refused(self, signal: Signal, why: str | None, heard: ProcessingContext) -> None:
        if why == TOO_LATE:
            metrics.TOO_LATE.labels(signal.pack, signal.rule).inc()
        if why is not None:
            message = heard.message
            await dead_letter(self.effects.outbox, message, message.value, why, signal.rule)

    async def passed(self, before: Clock, heard: ProcessingContext) -> None:
        """Take a tick or an end mark, after which the clock is no more as it was `before`.

        What is due is stepped; the rules whose past is all there now are released; and what had
        seen this message already is said again. The clock is kept afterwards: a crash on the way
        leaves it all to be done again.
        """
        schedule, time = self.windows.schedule(heard.message.partition), heard.clock.now()
        again = schedule.not_before(heard.message.offset)
        due = () if time is None or heard.clock is before else tuple(schedule.pop(time))
        told = dict.fromkeys((*again, *self._ready(before, heard)))
        sent: list[Awaitable[object]] = []
        for number, key in enumerate(told):
            sent += await self._judge(key, heard, released)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        for key in due:
            if key not in told:
                await self._judge(key, heard, ticked)
        await self._tell_above(before, heard, sent)

    async def _tell_above(
        self, before: Clock, heard: ProcessingContext, sent: Iterable[Awaitable[object]]
    ) -> None:
        """End marks for the rules above, behind all that those below have sent."""
        partition, clock = heard.message.partition, heard.clock
        fresh = partition not in self.repeated
        self.repeated.add(partition)
        if not fresh and before.released == clock.released:
            return
        top = max(map(heard.force.level, self.windows.rules))
        marks = [
            BackfillBarrier(
                partition=partition, partitions=self.partitions, bundle=bundle, level=level + 1
            )
            for level, bundle in clock.released.items()
            if level < top and (fresh or before.released_on(level) != bundle)
        ]
        for acknowledged in sent if marks else ():
            await acknowledged
        for told in marks:
            await self._mark(told)

    async def _mark(self, told: BackfillBarrier) -> None:
        letters = (encode_barrier(told, place) for place in range(self.partitions))
        for acknowledged in [await self.effects.outbox.send(SIGNALS, one) for one in letters]:
            await acknowledged

    def _ready(self, before: Clock, heard: ProcessingContext) -> list[bytes]:
        """The keys of the rules that are released."""
        if before.released == heard.clock.released:
            return []
        earlier = replace(heard, clock=before)
        rules = self.windows.rules
        ready = {
            rule
            for rule in rules
            if earlier.is_backfilling(rule) and not heard.is_backfilling(rule)
        }
        return [key for key in self.windows.keys(heard.message.partition) if rule_of(key) in ready]

    async def _judge(
        self, key: bytes, heard: ProcessingContext, judge: Judge
    ) -> list[Awaitable[object]]:
        partition = heard.message.partition
        rule, state = self.windows.rules[rule_of(key)], self.windows.state(partition, key)
        result = guard_rule(rule.name, lambda: judge(rule, state, heard))
        if not isinstance(result, RuleFailure) and not result.outcome.changed:
            self.windows.schedule(partition).note(key, result.due, state.offset)
        return await self.effects.apply(key, result, heard.message)
