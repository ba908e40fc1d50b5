"""The engine: the messages of one signals partition, dispatched to the states of its keys."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

import msgspec

from schemas.bundle import BackfillBarrier
from schemas.duty import is_own
from schemas.heartbeat import Heartbeat
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.tick import Tick
from services.matcher.domain.alerts.apply import RetractedEvents
from services.matcher.domain.alerts.new_groups import GroupCounts, NewGroups
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.corrections.correct import correct, is_retracted
from services.matcher.domain.corrections.event_version import EventVersion
from services.matcher.domain.duty.watchdog import watchdog_alert
from services.matcher.domain.engine.driver import Driver, Guard
from services.matcher.domain.engine.effects import Command, Send, Wait
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.messages import SignalsMessage, get_barrier, get_key
from services.matcher.domain.engine.processor import ProcessingContext
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.store import PartitionStore, SignalsPartitions
from services.matcher.domain.windows.state import micros


@dataclass(slots=True)
class Engine:
    """Handles the messages of signals partition `partition`, for as long as a worker owns it.

    It performs no I/O: it reads and writes `store` and yields what is to be sent and waited for.
    `driver` has the rules of the message before. `repeats_barriers` until the barriers for the
    rules above have been sent again, since another table may have lost them. `groups_a_minute` of
    a rule and owner are notified singly, in all partitions together; None: there are no storms.
    """

    partition: int
    partitions: SignalsPartitions
    store: PartitionStore
    guard: Guard
    groups_a_minute: int | None = None
    progress: PartitionProgress = field(init=False)
    driver: Driver | None = None
    repeats_barriers: bool = True

    def __post_init__(self) -> None:
        self.progress = self.store.progress()

    def handle(
        self, message: SignalsMessage, offset: int, now: datetime, processors: Processors
    ) -> Iterator[Command]:
        """Apply a message by the rules of `processors`; states migrate to them before."""
        driver = yield from self.migrate(offset, now, processors)
        after = self._progress_after(message, offset, processors)
        counts = self._counts()
        context = ProcessingContext(offset, now, processors.rules, self.progress, after, counts)
        match message:
            case Tick() | BackfillBarrier():
                yield from self._pass_time(driver, message, context)
            case Heartbeat() if is_own(message.source):
                yield Send(watchdog_alert(message, self.partition, now))
            case Retraction():
                yield from self._retract(driver, message, context)
            case Signal(identity=identity) if is_retracted(identity, self._find_version):
                retracted = RetractedEvents(frozenset({identity}))
                yield from driver.apply((get_key(message),), retracted, context)
            case _:
                yield from driver.apply((get_key(message),), message, context)

    def _find_version(self, identity: str) -> EventVersion | None:
        version: EventVersion | None = self.store.get(_version_key(identity))
        return version

    def _retract(
        self, driver: Driver, retraction: Retraction, context: ProcessingContext
    ) -> Iterator[Command]:
        """Take the events that count no more out of every window, and repeat what has seen this.

        What is known of their versions is written last: a crash on the way leaves the message to
        be applied again.
        """
        clock = context.progress.clock.now() or retraction.recorded_at
        seen = micros(max(clock, retraction.recorded_at))
        correction = correct(retraction, self._find_version, seen, context.offset)
        repeated = self.store.schedule.not_before(context.offset)
        holding = (self.store.holding(identity) for identity in sorted(correction.retracted))
        keys = dict.fromkeys((*repeated, *chain.from_iterable(holding)))
        yield from driver.apply(tuple(keys), RetractedEvents(correction.retracted), context)
        for identity, version in correction.versions.items():
            driver.put(_version_key(identity), version)

    def _counts(self) -> GroupCounts | None:
        """Each partition has its share of the groups notified singly, at least one."""
        if self.groups_a_minute is None:
            return None
        limit = max(1, self.groups_a_minute // self.partitions.count)
        return GroupCounts(limit, self._read_groups, self.partition)

    def _read_groups(self, key: bytes) -> NewGroups | None:
        groups: NewGroups | None = self.store.get(StateKey(StateKind.NEW_GROUPS, key))
        return groups

    def migrate(
        self, offset: int, now: datetime, processors: Processors
    ) -> Generator[Command, None, Driver]:
        """Bring the states to the rules of `processors`, if others made them; their driver."""
        if self.driver is not None and self.driver.processors is processors:
            return self.driver
        driver = Driver(self.store, self.guard, processors)
        yield from self._migrate(driver, offset, now)
        return driver

    def set_clock(self, tick: Tick, offset: int) -> None:
        """Apply the time of a tick that is left out. What is due waits for the next one."""
        clock = self.progress.clock.advance(tick, offset)
        self._put_progress(msgspec.structs.replace(self.progress, clock=clock))

    def _migrate(self, driver: Driver, offset: int, now: datetime) -> Iterator[Command]:
        """Bring the states to other rules; the progress is written last.

        Broken off on the way, the migration is made again, and twice is the same as once.
        """
        rules, record = driver.processors.rules, self.progress.rules
        if not record.is_current(rules.number, driver.processors.digest):
            change = RuleChange(self.progress, self._former(record.bundle), rules)
            context = ProcessingContext(offset, now, rules, self.progress, self.progress)
            is_affected = driver.processors.is_affected
            keys = [key for key in self.store.all_keys() if is_affected(key, change)]
            yield from driver.apply(keys, change, context)
            yield Wait.ACKNOWLEDGED
            record = record.migrate(rules.rulebook)
            self._put_progress(msgspec.structs.replace(self.progress, rules=record))
        self._schedule_first(driver.processors)
        self.driver = driver

    def _former(self, number: int) -> ActiveRules | None:
        rules = None if self.driver is None else self.driver.processors.rules
        return rules if rules is not None and rules.number == number else None

    def _schedule_first(self, processors: Processors) -> None:
        """Note when keys are due that have no state yet and whose messages come here."""
        schedule = self.store.schedule
        for key in processors.first_keys():
            is_here = self.partitions.partition_of(key.name) == self.partition
            if is_here and self.store.get(key) is None:
                schedule.note(key, processors.due_at(key, None), -1)

    def _progress_after(
        self, message: SignalsMessage, offset: int, processors: Processors
    ) -> PartitionProgress:
        """The progress with the message applied; the same object if it changes nothing."""
        clock, rules, backfill = self.progress.clock, self.progress.rules, self.progress.backfill
        if isinstance(message, Tick):
            clock = clock.advance(message, offset)
            rules = rules.watch(processors.watching, clock.now()).with_digest(processors.digest)
            backfill = backfill.pass_barrier(get_barrier(message), rules.bundle)
        elif isinstance(message, BackfillBarrier):
            backfill = backfill.pass_barrier(message, rules.bundle)
        after = PartitionProgress(clock, rules, backfill)
        return self.progress if after.is_same(self.progress) else after

    def _pass_time(
        self, driver: Driver, message: Tick | BackfillBarrier, context: ProcessingContext
    ) -> Iterator[Command]:
        """Handle what is due, what is released, and what has seen this message already.

        The progress is written last: a crash on the way leaves the message to be applied again.
        """
        schedule, time = self.store.schedule, context.progress.clock.now()
        repeated = schedule.not_before(context.offset)
        is_repeat = context.progress is self.progress
        due = () if time is None or is_repeat else tuple(schedule.pop(time))
        keys = dict.fromkeys((*repeated, *self._released(driver, context), *due))
        yield from driver.apply(tuple(keys), message, context)
        barriers = self._barriers_above(driver.processors, context)
        if barriers:
            yield Wait.ACKNOWLEDGED
            yield from map(Send, barriers)
            yield Wait.ACKNOWLEDGED
        if not is_repeat:
            self._put_progress(context.progress)

    def _released(self, driver: Driver, context: ProcessingContext) -> Sequence[StateKey]:
        """The keys of the rules whose past is complete with this message."""
        if context.progress.backfill is context.before.backfill:
            return ()
        released = {rule for rule in driver.processors.windows if context.is_released(rule)}
        windows = (key for key in self.store.all_keys() if key.kind is StateKind.WINDOW)
        return [key for key in windows if key.rule in released] if released else ()

    def _barriers_above(
        self, processors: Processors, context: ProcessingContext
    ) -> list[BackfillBarrier]:
        """Barriers for the rules above, behind everything that those below have sent."""
        before, backfill = self.progress.backfill, context.progress.backfill
        repeats, self.repeats_barriers = self.repeats_barriers, False
        if not repeats and before.released == backfill.released:
            return []
        top = max(map(context.rules.level, processors.windows))
        return [
            BackfillBarrier(
                partition=self.partition,
                partitions=self.partitions.count,
                bundle=bundle,
                level=level + 1,
            )
            for level, bundle in backfill.released.items()
            if level < top and (repeats or before.released_on(level) != bundle)
        ]

    def _put_progress(self, progress: PartitionProgress) -> None:
        self.store.put_progress(progress)
        self.progress = progress


def _version_key(identity: str) -> StateKey:
    return StateKey(StateKind.VERSION, identity.encode())
