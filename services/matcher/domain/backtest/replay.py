"""Replay: the engine over events from a file. Pure: no Kafka, and time is theirs."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from types import MappingProxyType
from typing import Any

from schemas.alert import Alert
from schemas.event import Event
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.tick import Tick
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.backtest.memory_store import MemoryStore
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.effects import Effects, RefuseMessage, Send
from services.matcher.domain.engine.engine import Engine
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.messages import SignalsMessage, get_key
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.store import SignalsPartitions
from services.matcher.domain.rules.retractions import find_retraction
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals

ONE_PARTITION = SignalsPartitions(1, lambda _key: 0)
NOTHING_SUSPECTED: Mapping[str, Sequence[Signal]] = MappingProxyType({})


@dataclass(slots=True)
class Replay:
    """What came of the events: every alert message in order, and the signals refused."""

    alerts: list[Alert] = field(default_factory=list)
    refused: list[tuple[Signal, str]] = field(default_factory=list)

    @property
    def final(self) -> tuple[Alert, ...]:
        """The last revision of each alert, in the order of their first announcement."""
        return tuple({alert.id: alert for alert in self.alerts}.values())


Track = Callable[[Sequence[Event]], Iterable[Event]]
"""Gives the same events, one by one: whoever asks for a replay may watch how far it is."""


def replay(
    rulebook: Rulebook,
    events: Iterable[Event],
    suspected: Mapping[str, Sequence[Signal]] = NOTHING_SUSPECTED,
    track: Track = iter,
) -> Replay:
    """Every event in the order of `recorded_at`, each followed by a tick of that time.

    `suspected` are hits of a reader, by the identity of their event, behind whose own they come.

    Nothing recorded later is seen before its time. The rules watch since the first of them.

    Raises:
        Exception: whatever the code of a rule raises.
    """
    return replay_states(rulebook, events, suspected, track)[0]


def replay_states(
    rulebook: Rulebook,
    events: Iterable[Event],
    suspected: Mapping[str, Sequence[Signal]] = NOTHING_SUSPECTED,
    track: Track = iter,
    since: datetime | None = None,
) -> tuple[Replay, MemoryStore]:
    """As `replay`, with the states as they are in the end; the rules watch since `since`."""
    ordered = sorted(events, key=lambda event: event.learned_at)
    first = ordered[0].learned_at if ordered else None
    generation = RuleGeneration(since=since or first)
    rules = ActiveRules(rulebook, dict.fromkeys(rulebook.windows, generation))
    run = _ReplayRun(Processors.of(rules), _find_corrected(ordered), suspected)
    for event in track(ordered):
        run.take(event)
    return run.result, run.store


def _find_corrected(events: Iterable[Event]) -> frozenset[str]:
    """The identities of all events that others correct, and of those."""
    retractions = filter(None, map(find_retraction, events))
    return frozenset(chain.from_iterable((each.identity, each.by) for each in retractions))


def _call_rule(_key: StateKey, call: Callable[[], Effects[Any]]) -> Effects[Any]:
    return call()


@dataclass(slots=True)
class _ReplayRun:
    processors: Processors
    corrected: frozenset[str]
    suspected: Mapping[str, Sequence[Signal]]
    result: Replay = field(default_factory=Replay)
    store: MemoryStore = field(default_factory=MemoryStore)
    offsets: "count[int]" = field(default_factory=count)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(0, ONE_PARTITION, self.store, _call_rule)

    def take(self, event: Event) -> None:
        now = event.learned_at
        retraction = find_retraction(event)
        if retraction is not None:
            self._handle([retraction], now)
        self._handle(make_signals(self.processors.rules.rulebook, event), now)
        self._handle(self.suspected.get(event.identity, ()), now)
        self._pass_time(now)

    def _pass_time(self, now: datetime) -> None:
        """A tick, and more while something is due; the first one says since when rules watch."""
        tick = Tick(time=now, partition=0, partitions=1)
        if self.engine.progress.clock.now() and not self.store.schedule.is_due(now):
            self.engine.set_clock(tick, next(self.offsets))
            return
        self._handle([tick], now)
        while self.store.schedule.is_due(now):
            self._handle([tick], now)

    def _handle(self, messages: Iterable[SignalsMessage], now: datetime) -> None:
        """Handle messages, and what they send to the signals topic."""
        queue = deque(messages)
        while queue:
            message = queue.popleft()
            if isinstance(message, Signal) and message.identity in self.corrected:
                self.store.note(message.identity, get_key(message))
            for command in self.engine.handle(message, next(self.offsets), now, self.processors):
                match command:
                    case Send(Alert() as alert):
                        self.result.alerts.append(alert)
                    case Send(Signal() | Indication() as sent):
                        queue.append(sent)
                    case RefuseMessage(reason) if isinstance(message, Signal):
                        self.result.refused.append((message, reason))
