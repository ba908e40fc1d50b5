"""The driver: handles states one by one and puts their effects in order.

A message has effects on states and on topics, and a crash may keep either without the other. State
kept and alert lost: the message comes again, is not past the state's offset, and leads to the alert
again. Alert sent and state lost: the message meets the old state and leads to the same alert, with
the same id and revision. So their order does not matter, with one exception: a state that is to be
deleted, or to forget an alert, is the last that knows it, so Kafka has all alerts first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.engine.effects import (
    Command,
    Effects,
    RefuseMessage,
    RuleFailure,
    Wait,
)
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.store import PartitionStore

Guard = Callable[[StateKey, Callable[[], Effects[Any]]], Effects[Any] | RuleFailure]
"""Calls the code of the rule of a key. Such code is pure, and would fail again."""
AT_ONCE = 50
"""States that are handled before others have their turn in the worker."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Applies a cause to the states of keys, by `processors`; due times follow what is written.

    Whoever iterates carries out each command before the next one is asked for.
    """

    store: PartitionStore
    guard: Guard
    processors: Processors

    def apply(
        self, keys: Sequence[StateKey], cause: Cause, context: ProcessingContext
    ) -> Iterator[Command]:
        """The commands that a cause leads to for these keys, each of which is there once."""
        for start in range(0, len(keys), AT_ONCE):
            if start:
                yield Wait.TURN
            forgetting: list[tuple[StateKey, Effects[Any]]] = []
            for key in keys[start : start + AT_ONCE]:
                state = self.store.get(key)
                effects = self._handle(key, state, cause, context)
                self._write_counted(effects, context)
                if isinstance(effects, RuleFailure):
                    yield RefuseMessage(effects.reason, effects.where)
                elif effects.forgets_alerts:
                    yield from effects.commands
                    forgetting.append((key, effects))
                else:
                    yield from self._write_and_send(key, state, effects)
            if forgetting:
                yield Wait.ACKNOWLEDGED
            for key, effects in forgetting:
                self._write(key, effects)

    def _write_counted(
        self, effects: Effects[Any] | RuleFailure, context: ProcessingContext
    ) -> None:
        if isinstance(effects, RuleFailure):
            return
        for name, groups in effects.counted.items():
            state = msgspec.structs.replace(groups, offset=context.offset)
            self.put(StateKey(StateKind.NEW_GROUPS, name), state)

    def put(self, key: StateKey, state: Any) -> None:
        """Write a state that no message for its key has led to."""
        self._write(key, Effects(state, due=self.processors.due_at(key, state)))

    def _handle(
        self, key: StateKey, state: Any, cause: Cause, context: ProcessingContext
    ) -> Effects[Any] | RuleFailure:
        """The effects on one state. A change of rules goes on without the rule that failed."""
        processor = self.processors.by_kind[key.kind]
        effects = self.guard(key, lambda: processor.handle(key, state, cause, context))
        if isinstance(effects, RuleFailure) and isinstance(cause, RuleChange):
            return processor.handle(key, state, replace(cause, asks_rules=False), context)
        return effects

    def _write_and_send(
        self, key: StateKey, state: Any, effects: Effects[Any]
    ) -> Iterator[Command]:
        if not effects.is_changed:
            if state is not None:
                self.store.schedule.note(key, effects.due, state.offset)
        else:
            self._write(key, effects)
        yield from effects.commands

    def _write(self, key: StateKey, effects: Effects[Any]) -> None:
        """Write or delete a state."""
        if effects.state is None:
            self.store.delete(key)
            self.store.schedule.drop(key)
        else:
            self.store.put(key, effects.state, effects.due)
            self.store.schedule.note(key, effects.due, effects.state.offset)
