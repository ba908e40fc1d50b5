"""Adopting: one partition goes over to other rules; every state of it is looked at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.alert import Alert
from schemas.duty import DUTY_PACK
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.correlation.effects import Effects
from services.matcher.adapters.correlation.hypotheses import Hypotheses
from services.matcher.adapters.correlation.processing import standing_news
from services.matcher.adapters.rules.guard import RuleFailure, guard_rule
from services.matcher.adapters.state.windows import Windows, rule_of
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.alerts.reset import reset_state
from services.matcher.domain.alerts.step import current_alerts, deadline
from services.matcher.domain.changes.clock import names_of
from services.matcher.domain.changes.ending import REMOVED, RESET, ended, nameless
from services.matcher.domain.changes.release import history
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.rules.chain import chain_alert
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.state import WindowState

log = telemetry.logger(__name__)

AT_ONCE = 50
"""States that are gone through before others have their turn in the worker."""


@dataclass(slots=True)
class StateMigration:
    """One change of rules for one partition, made while `message` is being processed.

    What was said last of a state that ends is on Kafka (`sent`) before the state goes (`ends`).
    """

    windows: Windows
    hypotheses: Hypotheses
    effects: Effects
    change: RuleChange
    message: ConsumerRecord
    now: datetime
    sent: list[Awaitable[object]] = field(default_factory=list)
    ends: list[Callable[[], None]] = field(default_factory=list)

    async def run(self) -> None:
        """Make the change; the clock says so last."""
        partition, force = self.message.partition, self.change.force
        for number, key in enumerate(self.windows.keys(partition)):
            await self._take(key)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        for key in self.hypotheses.keys(partition):
            await self._hypothesis(key)
        for acknowledged in self.sent:
            await acknowledged
        for end in self.ends:
            end()
        clock = self.change.clock.adopting(force.rulebook).naming(names_of(force.rulebook))
        self.windows.keep_clock(partition, clock)
        metrics.MIGRATED.labels(partition).set(force.number)
        log.info("rules adopted", bundle=force.number, partition=partition)

    async def _take(self, key: bytes) -> None:
        rule = rule_of(key)
        if rule[0] == DUTY_PACK:
            return  # whatever the rules, it stands
        if rule not in self.windows.rules:
            await self._say_again(key)
            await self._end(key, REMOVED)
        elif self.change.begins_anew(rule):
            await self._say_again(key)
            await self._begin_anew(key)
        else:
            await self._go_on(key)

    async def _hypothesis(self, key: bytes) -> None:
        if rule_of(key) in self.hypotheses.rules:
            return
        partition = self.message.partition
        await self._send(self.hypotheses.ended(partition, key, self.now), changed=True)
        self.ends.append(lambda: self.hypotheses.drop(partition, key))

    async def _say_again(self, key: bytes) -> None:
        """The state may have been kept, and the alert lost: it would never be said otherwise."""
        rule, state = rule_of(key), self._state(key)
        former = self.change.former(rule) or self.windows.rules.get(rule)
        if (
            state.offset < self.message.offset
            or former is None
            or self.change.was_backfilling(rule)
        ):
            return
        said = guard_rule(former.name, lambda: current_alerts(former, state))
        if not isinstance(said, RuleFailure):
            await self._send(said, changed=False)

    async def _begin_anew(self, key: bytes) -> None:
        rule = rule_of(key)
        if not self.change.rebuilds(rule):
            await self._end(key, RESET)
            return
        self.windows.keep(self.message.partition, key, self._renewed(key), None)

    def _renewed(self, key: bytes) -> WindowState:
        name, state = rule_of(key), self._state(key)
        rule, former = self.windows.rules[name], self.change.former(name)
        standing, clock = self.change.force.generation(name), self.change.clock.now()
        anew = guard_rule(rule.name, lambda: reset_state(rule, former, state, standing, clock))
        if isinstance(anew, RuleFailure):
            return reset_state(rule, None, state, standing, clock)
        return anew

    async def _end(self, key: bytes, why: str) -> None:
        name, state, partition = rule_of(key), self._state(key), self.message.partition
        rule = self.change.former(name)
        said = (
            guard_rule("/".join(name), lambda: ended(rule, state, self.now, why)) if rule else None
        )
        if said is None or isinstance(said, RuleFailure):
            said = ended(*nameless(name, state), self.now, why)
        if rule is None or rule.announces:
            await self._send(said, changed=True)
        if why == REMOVED:
            self.ends.append(lambda: self.windows.drop(partition, key))
        else:
            self.ends.append(lambda: self.windows.keep(partition, key, self._renewed(key), None))

    async def _go_on(self, key: bytes) -> None:
        """The rule counts on: it may resolve at another time, and others may need what it said."""
        name = rule_of(key)
        if self.change.is_retimed(name):
            rule, state = self.windows.rules[name], self._state(key)
            due = guard_rule(rule.name, lambda: deadline(rule, state))
            if not isinstance(due, RuleFailure):
                self.windows.schedule(self.message.partition).note(key, due, state.offset)
        if above := self.change.rebuilt_above(name):
            await self._tell_above(key, above)
        if hypotheses := self.change.newly_told(name):
            await self._tell(key, hypotheses)

    async def _tell_above(self, key: bytes, above: frozenset[RuleKey]) -> None:
        rule, state = self.windows.rules[rule_of(key)], self._state(key)
        told = guard_rule(rule.name, lambda: history(rule, state))
        for alert in () if isinstance(told, RuleFailure) else told:
            for signal in chain_alert(self.change.force.rulebook, alert):
                if (signal.pack, signal.rule) in above:
                    past = signal.model_copy(update={"backfill": True})
                    self.sent.append(await self.effects.signal(past, self.message))

    async def _tell(self, key: bytes, hypotheses: frozenset[str]) -> None:
        rule, state = self.windows.rules[rule_of(key)], self._state(key)
        told = guard_rule(rule.name, lambda: standing_news(rule, state, self.now))
        for one in () if isinstance(told, RuleFailure) else told:
            if one.hypothesis in hypotheses:
                self.sent.append(await self.effects.indication(one, self.message))

    async def _send(self, alerts: tuple[Alert, ...], *, changed: bool) -> None:
        for alert in alerts:
            self.sent.append(await self.effects.alert(alert, self.message, changed=changed))

    def _state(self, key: bytes) -> WindowState:
        return self.windows.state(self.message.partition, key)
