"""Judging: messages through the windows of the rules in force."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from schemas.signal import Signal
from services.matcher.adapters import metrics
from services.matcher.adapters.effects import Effects
from services.matcher.adapters.guard import RuleFault, guarded
from services.matcher.adapters.outbox import bury
from services.matcher.adapters.stepped import Heard, Stepped, released, stepped, ticked
from services.matcher.adapters.windows import Windows, rule_of
from services.matcher.domain.clock import Clock
from services.matcher.domain.state import State
from services.matcher.domain.step import TOO_LATE
from services.matcher.domain.window_rule import WindowRule

Judge = Callable[[WindowRule, State, Heard], Stepped]

AT_ONCE = 50
"""States that are judged before others have their turn in the worker."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What one message leads to in the windows of its partition."""

    windows: Windows
    effects: Effects

    async def signal(self, signal: Signal, heard: Heard) -> None:
        """Take a hit or a mark into its window; one for a rule that was removed is nothing."""
        name = (signal.pack, signal.rule)
        rule = self.windows.rules.get(name)
        if signal.bundle < heard.force.standing(name).changed_in or (
            rule is None and signal.bundle < heard.force.number
        ):
            metrics.OVERTAKEN.labels(signal.pack, signal.rule).inc()
        if rule is None:
            await self._of_no_rule(signal, heard)
            return
        state = self.windows.state(heard.message.partition, signal.key)
        result = guarded(signal.rule, lambda: stepped(rule, state, signal, heard))
        if not isinstance(result, RuleFault):
            await self._refused(signal, result.outcome.refused, heard)
        await self.effects.apply(signal.key, result, heard.message)

    async def _of_no_rule(self, signal: Signal, heard: Heard) -> None:
        if signal.bundle >= heard.force.number:
            why = f"rule: no {signal.rule} in pack {signal.pack}"
            await self.effects.refuse(heard.message, why)

    async def _refused(self, signal: Signal, why: str | None, heard: Heard) -> None:
        if why == TOO_LATE:
            metrics.TOO_LATE.labels(signal.pack, signal.rule).inc()
        if why is not None:
            message = heard.message
            await bury(self.effects.outbox, message, message.value, (why, signal.rule))

    async def passed(self, before: Clock, heard: Heard) -> None:
        """Take a tick or an end mark, after which the clock is no more as it was `before`.

        What is due is stepped; the rules whose past is all there now are released; and what had
        seen this message already is said again. The clock is kept afterwards: a crash on the way
        leaves it all to be done again.
        """
        schedule, time = self.windows.schedule(heard.message.partition), heard.clock.now()
        again = schedule.not_before(heard.message.offset)
        due = () if time is None or heard.clock is before else tuple(schedule.pop(time))
        told = dict.fromkeys((*again, *self._ready(before, heard)))
        for number, key in enumerate(told):
            await self._judge(key, heard, released)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        for key in due:
            if key not in told:
                await self._judge(key, heard, ticked)

    def _ready(self, before: Clock, heard: Heard) -> list[bytes]:
        """The keys of the rules that are released."""
        if before.released == heard.clock.released:
            return []
        standings = {rule: heard.force.standing(rule) for rule in self.windows.rules}
        ready = {
            rule
            for rule, one in standings.items()
            if before.mutes(one) and not heard.clock.mutes(one)
        }
        return [key for key in self.windows.keys(heard.message.partition) if rule_of(key) in ready]

    async def _judge(self, key: bytes, heard: Heard, judge: Judge) -> None:
        partition = heard.message.partition
        rule, state = self.windows.rules[rule_of(key)], self.windows.state(partition, key)
        result = guarded(rule.name, lambda: judge(rule, state, heard))
        if not isinstance(result, RuleFault) and not result.outcome.changed:
            self.windows.schedule(partition).note(key, result.due, state.offset)
        await self.effects.apply(key, result, heard.message)
