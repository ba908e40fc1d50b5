"""Judging: messages through the windows of the rules in force."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.signal import Signal
from services.matcher.adapters import metrics
from services.matcher.adapters.effects import Effects
from services.matcher.adapters.guard import RuleFault, guarded
from services.matcher.adapters.outbox import bury
from services.matcher.adapters.stepped import Heard, released, stepped
from services.matcher.adapters.windows import Windows, rule_of
from services.matcher.domain.clock import Clock
from services.matcher.domain.step import TOO_LATE

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

    async def tick(self, heard: Heard, *, moved: bool) -> None:
        """Step what has seen this message, and what is due if the clock has moved."""
        schedule, time = self.windows.schedule(heard.message.partition), heard.clock.now()
        again = schedule.not_before(heard.message.offset)
        due = tuple(schedule.pop(time)) if time is not None and moved else ()
        for key in dict.fromkeys((*again, *due)):
            await self._step(key, heard)

    async def _step(self, key: bytes, heard: Heard) -> None:
        partition = heard.message.partition
        rule, state = self.windows.rules[rule_of(key)], self.windows.state(partition, key)
        result = guarded(rule.name, lambda: stepped(rule, state, None, heard))
        if not isinstance(result, RuleFault) and not result.outcome.changed:
            self.windows.schedule(partition).note(key, result.due, state.offset)
        await self.effects.apply(key, result, heard.message)

    async def release(self, before: Clock, heard: Heard) -> None:
        """Judge every state of the rules whose past is all there now, and was not `before`.

        The clock that says so is kept afterwards: a crash on the way leaves it to be done again.
        """
        schedule = self.windows.schedule(heard.message.partition)
        again = schedule.not_before(heard.message.offset)
        ready = self._ready(before, heard)
        keys = self.windows.keys(heard.message.partition) if ready else iter(())
        for number, key in enumerate(_once(again, (key for key in keys if rule_of(key) in ready))):
            await self._release(key, heard)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _ready(self, before: Clock, heard: Heard) -> frozenset[tuple[str, str]]:
        if before.released == heard.clock.released:
            return frozenset()
        standing = heard.force.standing
        return frozenset(
            rule
            for rule in self.windows.rules
            if before.mutes(standing(rule)) and not heard.clock.mutes(standing(rule))
        )

    async def _release(self, key: bytes, heard: Heard) -> None:
        rule = self.windows.rules[rule_of(key)]
        if heard.clock.mutes(heard.force.standing(rule_of(key))):
            return
        state = self.windows.state(heard.message.partition, key)
        result = guarded(rule.name, lambda: released(rule, state, heard))
        await self.effects.apply(key, result, heard.message)


def _once(again: Iterable[bytes], ready: Iterable[bytes]) -> Iterable[bytes]:
    return dict.fromkeys((*again, *ready))
