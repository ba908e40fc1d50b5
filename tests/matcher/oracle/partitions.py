"""Two signals partitions, and the workers that own them through crashes and moves."""

import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from schemas.alert import Alert
from schemas.bundle import BackfillBarrier
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.tick import Tick
from services.matcher.domain.backtest.memory_store import MemoryStore
from services.matcher.domain.engine.effects import Command, Effects, Send, Wait
from services.matcher.domain.engine.engine import Engine
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.messages import SignalsMessage, get_bundle, get_key
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.engine.store import SignalsPartitions
from tests.matcher.builders import HOUR, NOON

PARTITIONS = SignalsPartitions(2, lambda key: zlib.crc32(key) % 2)
START = NOON - 6 * HOUR
SHORT = HOUR / 5
ROUNDS = 6
"""Ticks after which whatever is due is sent on through every level of rules."""


def call_rule(_key: StateKey, call: Callable[[], Effects[Any]]) -> Effects[Any]:
    return call()


@dataclass
class Topics:
    """What is sent: signals by partition, alerts; and the rules published, by their processors."""

    rules: list[Processors]
    signals: list[list[SignalsMessage]] = field(default_factory=lambda: [[], []])
    alerts: list[Alert] = field(default_factory=list)

    def send(self, message: Any) -> None:
        match message:
            case Alert():
                self.alerts.append(message)
            case Tick() | Retraction() | BackfillBarrier():
                for partition in self.signals:
                    partition.append(message)
            case Signal():
                self.signals[PARTITIONS.partition_of(message.key)].append(message)


@dataclass
class PartitionWorker:
    """The owner of one signals partition; `store` outlives it."""

    number: int
    processors: Processors
    store: MemoryStore = field(default_factory=MemoryStore)
    position: int = 0

    def __post_init__(self) -> None:
        self.engine = Engine(self.number, PARTITIONS, self.store, call_rule)

    def take(self, topics: Topics) -> None:
        """Handle the next message."""
        for command in self._handle(topics):
            if isinstance(command, Send):
                topics.send(command.message)
        self.position += 1

    def fail(self, topics: Topics, after: int, *, loses: bool) -> None:
        """End after some commands, before the commit; `loses` what Kafka did not acknowledge."""
        for command in islice(self._handle(topics), after):
            if loses and command is Wait.ACKNOWLEDGED:
                return
            if isinstance(command, Send) and not loses:
                topics.send(command.message)

    def _handle(self, topics: Topics) -> Iterator[Command]:
        message = topics.signals[self.number][self.position]
        if get_bundle(message) > self.processors.rules.number:
            self.processors = topics.rules[-1]
        if isinstance(message, Signal):
            self.store.note(message.identity, get_key(message))
        return self.engine.handle(message, self.position, message_time(message), self.processors)

    def has_message(self, topics: Topics) -> bool:
        """Whether there is a next one."""
        return self.position < len(topics.signals[self.number])

    def crash(self, topics: Topics, after: int, *, keeps: bool) -> "PartitionWorker":
        """The next owner: the states are kept and what was sent is lost, or the other way round."""
        store = self.store
        before = replace(store, states=dict(store.states), windows=deepcopy(store.windows))
        self.fail(topics, after, loses=keeps)
        return self.move(store if keeps else before)

    def move(self, store: MemoryStore) -> "PartitionWorker":
        """Another owner, who reads the states."""
        schedule = Schedule()
        for key, state in store.states.items():
            schedule.note(key, self.processors.due_at(key, state), state.offset)
        return PartitionWorker(
            self.number, self.processors, replace(store, schedule=schedule), self.position
        )


def message_time(message: SignalsMessage) -> datetime:
    match message:
        case Tick():
            return message.time
        case Signal():
            return message.evidence.recorded_at or message.occurred_at
        case Retraction():
            return message.recorded_at
        case _:
            return START
