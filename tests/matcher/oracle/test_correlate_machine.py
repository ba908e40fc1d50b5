"""Correlation in two partitions under reports, ticks, corrections, crashes, moves and new bundles.

Some reports are suspected, before words find them, behind that, or without it.
"""

import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from schemas.alert import Alert, Status
from schemas.retraction import Retraction
from schemas.rule import CorrelationRule
from schemas.signal import Signal
from schemas.tick import Tick
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.backtest.memory_store import MemoryStore
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.effects import Command, Effects, Send, Wait
from services.matcher.domain.engine.engine import Engine
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.messages import SignalsMessage, get_key
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.engine.store import SignalsPartitions
from services.matcher.domain.rules.retractions import find_retraction
from services.matcher.domain.rules.signals import make_signals
from tests.examples import scale_examples
from tests.matcher.builders import HOUR, NOON
from tests.matcher.oracle.episodes import find_all, find_suspected
from tests.matcher.oracle.hits import OracleHit
from tests.matcher.oracle.outcomes import of_alert, of_episode
from tests.matcher.oracle.packs import (
    ACTORS,
    LATE,
    PLACES,
    TERMS,
    TYPES,
    Report,
    make_book,
    rule_sets,
)
from tests.matcher.oracle.versions import counting

PARTITIONS = SignalsPartitions(2, lambda key: zlib.crc32(key) % 2)
START = NOON - 6 * HOUR
SHORT = HOUR / 5
ROUNDS = 6
"""Ticks after which whatever is due is sent on through every level of rules."""


def call_rule(_key: StateKey, call: Callable[[], Effects[Any]]) -> Effects[Any]:
    return call()


@dataclass
class Topics:
    """What is sent, by signals partition, and the alerts."""

    signals: list[list[SignalsMessage]] = field(default_factory=lambda: [[], []])
    alerts: list[Alert] = field(default_factory=list)

    def send(self, message: Any) -> None:
        match message:
            case Alert():
                self.alerts.append(message)
            case Tick() | Retraction():
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
        if isinstance(message, Signal):
            self.store.note(message.identity, get_key(message))
        return self.engine.handle(message, self.position, message_time(message), self.processors)

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


class Correlation(RuleBasedStateMachine):
    """Whatever happens on the way, the alerts in force at the end are those of the definition."""

    @initialize(rules=rule_sets())
    def start(self, rules: tuple[CorrelationRule, ...]) -> None:
        self.documents, self.now, self.number = rules, NOON, 0
        self.book, self.reports = make_book(rules), list[Report]()
        self.doubted = list[Report]()
        self.topics = Topics()
        processors = self._processors()
        self.workers = [PartitionWorker(number, processors) for number in range(2)]

    def _processors(self) -> Processors:
        book = replace(self.book, number=self.number)
        generation = RuleGeneration(since=START)
        return Processors.of(ActiveRules(book, dict.fromkeys(book.windows, generation)))

    @rule(
        kind=st.sampled_from(TYPES),
        late=st.sampled_from([0, 0, 0, 0.3, 1]),
        place=st.sampled_from(PLACES),
        actors=st.sets(st.sampled_from(ACTORS), max_size=2),
        terms=st.sets(st.sampled_from(TERMS), max_size=2),
        rockets=st.integers(-2, 6),
        story=st.sampled_from([None, None, "wire"]),
        source=st.sampled_from(["s1", "s2"]),
        is_doubted=st.sampled_from([False, False, True]),
    )
    def report(self, kind: str, late: float, **fields: Any) -> None:
        report = self._write(f"e{len(self.reports)}", kind, late, fields)
        if fields["is_doubted"]:
            self._suspect(report)
        else:
            self._publish(report)

    def _write(self, name: str, kind: str, late: float, fields: dict[str, Any]) -> Report:
        at = self.now - late * LATE
        known = {name: value for name, value in fields.items() if name != "is_doubted"}
        actors, terms = (tuple(sorted(known.pop(name))) for name in ("actors", "terms"))
        return Report(
            id=f"{name}-{len(self.doubted)}",
            type=kind,
            at=at,
            recorded_at=self.now,
            until=at,
            actors=actors,
            terms=terms,
            **known,
        )

    @precondition(lambda self: self.reports or self.doubted)
    @rule(data=st.data())
    def suspect(self, data: st.DataObject) -> None:
        """What words found, or what was suspected, is suspected again."""
        report = data.draw(st.sampled_from([*self.reports, *self.doubted]))
        if self.now - report.at <= LATE:
            self._suspect(report)

    @precondition(lambda self: self.doubted)
    @rule(data=st.data())
    def find_by_words(self, data: st.DataObject) -> None:
        """Words find what was suspected."""
        known = {report.identity for report in self.reports}
        report = data.draw(st.sampled_from(self.doubted))
        if report.identity not in known and self.now - report.at <= LATE:
            self._publish(replace(report, recorded_at=self.now))

    def _suspect(self, report: Report) -> None:
        self.doubted.append(report)
        for signal in make_signals(self.book, report.as_event()):
            self.topics.send(signal.model_copy(update={"suspected": True}))

    @precondition(lambda self: self.reports)
    @rule(data=st.data(), kind=st.sampled_from([*TYPES, "none"]))
    def correct(self, data: st.DataObject, kind: str) -> None:
        self.now += HOUR / 10
        target = data.draw(st.sampled_from(self.reports))
        if self.now - target.at > LATE:
            return
        self._publish(
            replace(
                target,
                id=f"c{len(self.reports)}",
                type=kind,
                recorded_at=self.now,
                corrects=target.id,
                retracts=kind == "none",
            )
        )

    def _publish(self, report: Report) -> None:
        self.reports.append(report)
        event = report.as_event()
        for message in (find_retraction(event), *make_signals(self.book, event)):
            if message is not None:
                self.topics.send(message)

    @rule(hours=st.sampled_from([0, 0.2, 1, 4, 20]))
    def tick(self, hours: float) -> None:
        """Time passes; a partition lags behind another one by no more than what rules allow."""
        if hours * HOUR > SHORT:
            self._catch_up()
        self.now += hours * HOUR
        self.topics.send(Tick(time=self.now, partition=0, partitions=1))

    @rule(number=st.integers(0, 1), most=st.integers(1, 12))
    def work(self, number: int, most: int) -> None:
        for _ in range(most):
            if self._has_message(number):
                self.workers[number].take(self.topics)

    @rule(number=st.integers(0, 1), after=st.integers(0, 5), keeps=st.booleans())
    def crash(self, number: int, after: int, keeps: bool) -> None:
        """The states are kept and what was sent is lost, or the other way round."""
        worker = self.workers[number]
        if self._has_message(number):
            store = worker.store
            before = replace(store, states=dict(store.states), windows=deepcopy(store.windows))
            worker.fail(self.topics, after, loses=keeps)
            self.workers[number] = worker.move(store if keeps else before)

    @rule(number=st.integers(0, 1))
    def rebalance(self, number: int) -> None:
        worker = self.workers[number]
        self.workers[number] = worker.move(worker.store)

    @rule(back=st.integers(1, 4), number=st.integers(0, 1))
    def go_back(self, back: int, number: int) -> None:
        """The last commits were lost: messages come again to the states that have seen them."""
        worker = self.workers[number]
        worker.position = max(0, worker.position - back)
        self.workers[number] = worker.move(worker.store)

    @rule()
    def publish_bundle(self) -> None:
        """A bundle that changes no rule."""
        self.number += 1
        processors = self._processors()
        for worker in self.workers:
            worker.processors = processors

    def _has_message(self, number: int) -> bool:
        return self.workers[number].position < len(self.topics.signals[number])

    def teardown(self) -> None:
        if not hasattr(self, "workers"):
            return
        for _ in range(ROUNDS):
            self.topics.send(Tick(time=self.now, partition=0, partitions=1))
            self._catch_up()
        hits = [report.as_hit() for report in counting(self.reports)]
        expected = find_all(self.documents, hits, START, self.now)
        names = {each.name for each in self.documents}
        final = {alert.id: alert for alert in self._by_revision() if alert.rule.name in names}
        in_force = [one for one in final.values() if one.status is not Status.WITHDRAWN]
        found = [one for one in in_force if not one.suspected]
        outcomes = [of_alert(one) for one in found]
        # a state that forgot a suspicion gives its alert another id when messages come again
        counted = set(outcomes) if self.doubted else outcomes
        assert sorted(counted) == sorted(map(of_episode, expected))
        self._check_suspicions(hits, in_force)
        self._check_revisions()

    def _check_suspicions(self, hits: list[OracleHit], in_force: list[Alert]) -> None:
        """Those of the first level, whose hits are reports, are those of their definition."""
        known = {report.identity for report in self.reports}
        left = {report.identity: report for report in self.doubted if report.identity not in known}
        doubted = [report.as_hit() for report in left.values()]
        first = [each for each in self.documents if each.name.startswith("r0")]
        expected = find_suspected(first, hits, doubted, (START, self.now))
        names = {each.name for each in first}
        found = [one for one in in_force if one.suspected and one.rule.name in names]
        assert sorted(set(map(of_alert, found))) == sorted(map(of_episode, expected))

    def _check_revisions(self) -> None:
        """No revision is lost, and one that comes again is the same."""
        known: dict[str, dict[int, Any]] = {}
        for alert in self.topics.alerts:
            first = known.setdefault(alert.id, {}).setdefault(alert.revision, _content(alert))
            assert _content(alert) == first
        for revisions in known.values():
            assert sorted(revisions) == list(range(1, len(revisions) + 1))

    def _catch_up(self) -> None:
        while any(map(self._has_message, range(2))):
            for number in filter(self._has_message, range(2)):
                self.workers[number].take(self.topics)

    def _by_revision(self) -> list[Alert]:
        return sorted(self.topics.alerts, key=lambda alert: alert.revision)


def _content(alert: Alert) -> tuple[Any, ...]:
    return alert.status, *of_alert(alert)


TestCorrelation = Correlation.TestCase
TestCorrelation.settings = settings(max_examples=scale_examples(20), stateful_step_count=40)
