"""The driver: in which order states are written, messages sent and acknowledgements awaited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from schemas.tick import Tick
from services.matcher.domain.backtest.memory_store import MemoryStore
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.engine.driver import AT_ONCE, Driver
from services.matcher.domain.engine.effects import (
    Command,
    Effects,
    RefuseMessage,
    RuleFailure,
    Send,
    Wait,
)
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.state import WindowState
from tests.matcher.builders import HOUR, NOON, hit

RULES = ActiveRules(Rulebook())
BEFORE, AFTER = WindowState(offset=1), WindowState(offset=2)
SENT = Send(hit(0))
TICK = Tick(time=NOON, partition=0, partitions=1)
CONTEXT = ProcessingContext(2, NOON, RULES, PartitionProgress(), PartitionProgress())


def key(number: int = 0) -> StateKey:
    return StateKey(StateKind.WINDOW, b'["iraq","march",["place","%d"]]' % number)


def guard(where: StateKey, call: Callable[[], Any]) -> Any | RuleFailure:
    try:
        return call()
    except ZeroDivisionError:
        return RuleFailure(str(where), "division by zero")


@dataclass
class ScriptedProcessor:
    """Has these effects on every state; asked with the code of rules it may raise."""

    effects: Effects[WindowState]
    raises: bool = False

    def handle(
        self,
        key: StateKey,  # noqa: ARG002
        state: WindowState | None,  # noqa: ARG002
        cause: Cause,
        context: ProcessingContext,  # noqa: ARG002
    ) -> Effects[WindowState]:
        if self.raises and not (isinstance(cause, RuleChange) and not cause.asks_rules):
            raise ZeroDivisionError
        return self.effects

    def due_at(self, key: StateKey, state: WindowState | None) -> datetime | None:  # noqa: ARG002
        return None


@dataclass
class DrivenStates:
    """States with one that was written before, and each command with the states at its time."""

    effects: Effects[WindowState]
    raises: bool = False
    store: MemoryStore = field(default_factory=MemoryStore)
    steps: list[tuple[Command, Mapping[StateKey, WindowState]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.states[key()] = BEFORE
        processor = ScriptedProcessor(self.effects, self.raises)
        by_kind = {StateKind.WINDOW: processor}
        self.driver = Driver(self.store, guard, replace(Processors.of(RULES), by_kind=by_kind))

    def apply(self, cause: Cause = TICK, keys: int = 1) -> "DrivenStates":
        for command in self.driver.apply([key(number) for number in range(keys)], cause, CONTEXT):
            self.steps.append((command, dict(self.store.states)))
        return self

    @property
    def commands(self) -> list[Command]:
        return [command for command, _ in self.steps]


def test_a_state_is_written_before_its_messages_are_sent() -> None:
    driven = DrivenStates(Effects(AFTER, due=NOON + HOUR, commands=(SENT,))).apply()

    assert driven.steps == [(SENT, {key(): AFTER})]
    assert driven.store.schedule.when[key()] == NOON + HOUR
    assert driven.store.schedule.not_before(2) == (key(),)


def test_a_state_that_forgets_an_alert_is_written_once_kafka_has_it() -> None:
    driven = DrivenStates(Effects(AFTER, commands=(SENT,), forgets_alerts=True)).apply()

    assert driven.steps == [(SENT, {key(): BEFORE}), (Wait.ACKNOWLEDGED, {key(): BEFORE})]
    assert driven.store.states == {key(): AFTER}


def test_a_state_is_deleted_once_kafka_has_its_alerts_and_is_due_no_more() -> None:
    driven = DrivenStates(Effects(None, commands=(SENT,), forgets_alerts=True))
    driven.store.schedule.note(key(), NOON, 1)

    driven.apply()

    assert driven.steps == [(SENT, {key(): BEFORE}), (Wait.ACKNOWLEDGED, {key(): BEFORE})]
    assert driven.store.states == {}
    assert list(driven.store.schedule.pop(NOON)) == []


def test_kafka_is_waited_for_once_for_many_states_and_others_have_their_turn() -> None:
    driven = DrivenStates(Effects(None, forgets_alerts=True)).apply(keys=AT_ONCE + 1)

    assert driven.commands == [Wait.ACKNOWLEDGED, Wait.TURN, Wait.ACKNOWLEDGED]
    assert driven.store.states == {}


def test_a_state_that_does_not_change_is_not_written_and_may_be_due_again() -> None:
    driven = DrivenStates(
        Effects(BEFORE, is_changed=False, due=NOON + HOUR, commands=(SENT,))
    ).apply()

    assert driven.steps == [(SENT, {key(): BEFORE})]
    assert driven.store.schedule.when[key()] == NOON + HOUR


def test_of_a_key_without_a_state_nothing_is_noted() -> None:
    driven = DrivenStates(Effects(WindowState.empty(), is_changed=False))
    driven.store.states.clear()

    driven.apply()

    assert (driven.store.states, driven.store.schedule.when) == ({}, {})


def test_a_rule_that_fails_refuses_the_message_and_leaves_its_state() -> None:
    driven = DrivenStates(Effects(AFTER, commands=(SENT,)), raises=True).apply()

    assert driven.steps == [(RefuseMessage("division by zero", "march"), {key(): BEFORE})]


def test_a_change_of_rules_goes_on_without_the_rule_that_fails() -> None:
    change = RuleChange(PartitionProgress(), None, RULES)

    driven = DrivenStates(Effects(AFTER, commands=(SENT,)), raises=True).apply(change)

    assert driven.steps == [(SENT, {key(): AFTER})]
