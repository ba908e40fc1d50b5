"""correlate: messages of the signals topic in; states, alerts and chained signals out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.indication import Indication
from schemas.signal import Signal
from schemas.storm import StormNews
from schemas.verdict import Verdict
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.correlation.commands import CommandRunner
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.guard import guard_rule
from services.matcher.adapters.state.partition_states import States
from services.matcher.adapters.state.positions import Positions
from services.matcher.adapters.topics.codec import (
    Poison,
    decode_signals_message,
    decode_tick,
)
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.engine.effects import RefuseMessage
from services.matcher.domain.engine.engine import Engine
from services.matcher.domain.engine.messages import SignalsMessage, get_bundle
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.store import SignalsPartitions
from services.trace_context import read_record_trace
from services.tracing import continue_span, note_ids

log = telemetry.logger(__name__)

MOVABLE = (Signal, Verdict, Indication, StormNews)
"""Messages that only the partition of their key may handle."""


@dataclass(slots=True)
class Correlator:
    """Handles the messages of the signals partitions that this worker owns, with an engine each.

    `now` gives the time at which what a message leads to is announced. `groups_a_minute`: new
    groups of a rule and owner that are notified singly; None: there are no storms.
    `events_kept`: how long the events topic keeps an event; None: for ever.
    """

    bundles: Bundles
    states: States
    positions: Positions
    partitions: SignalsPartitions
    runner: CommandRunner
    now: Callable[[SignalsMessage], datetime]
    groups_a_minute: int | None = None
    events_kept: timedelta | None = None
    engines: dict[int, Engine] = field(default_factory=dict)
    in_hand: InHand = field(default_factory=InHand)

    def forget(self) -> None:
        """Partitions came or went: what was read of the table is not valid any more."""
        self.states.forget()
        self.positions.forget_partitions()
        self.engines.clear()

    async def take(self, message: ConsumerRecord) -> None:
        """Apply a message. Returns when all that it leads to is queued.

        Raises:
            BundleMissing: it was made by rules that do not come here.
        """
        with continue_span("correlate", read_record_trace(message.headers)):
            await self._take(message)

    async def _take(self, message: ConsumerRecord) -> None:
        self.runner.begin()
        self.in_hand.hold(message)
        decoded = decode_signals_message(message)
        if isinstance(decoded, Poison):
            await self.runner.run(RefuseMessage(decoded.reason), message)
            return
        if isinstance(decoded, Signal):
            note_ids(event_id=decoded.evidence.event_id, pack=decoded.pack, rule=decoded.rule)
        if (home := self._find_home(decoded, message)) is not None:
            await self.runner.pass_on(message, home)
            return
        # a change of rules is no message's fault
        self.in_hand.release()
        bundle = get_bundle(decoded)
        if await self.bundles.is_impossible(bundle):
            await self.runner.run(RefuseMessage(f"bundle {bundle}: never published"), message)
            return
        processors, now = await self._processors(bundle), self.now(decoded)
        engine = self._engine(message.partition)
        before = engine.progress
        position = self.positions.position(message)
        for command in engine.migrate(position, now, processors):
            await self.runner.run(command, message)
        self.in_hand.hold(message)
        for command in engine.handle(decoded, position, now, processors):
            await self.runner.run(command, message)
        if engine.progress is not before:
            _report(message.partition, before, engine.progress)

    async def pass_over(self, message: ConsumerRecord) -> None:
        """Leave a message out: of a tick only the time is applied, and to no state."""
        tick = decode_tick(message)
        if tick is not None:
            self._engine(message.partition).set_clock(tick, self.positions.position(message))

    def _find_home(self, decoded: SignalsMessage, message: ConsumerRecord) -> int | None:
        """The partition of its key, if it is another: its sender knew fewer partitions.

        Heartbeats of our own go to every partition.
        """
        if message.key is None or not isinstance(decoded, MOVABLE):
            return None
        home = self.partitions.partition_of(message.key)
        return None if home == message.partition else home

    async def _processors(self, bundle: int) -> Processors:
        """Those of the active rules, which are those of a bundle at least."""
        rules = self.bundles.current
        if rules.number < bundle:
            rules = await self.bundles.at_least(bundle)
        if rules is not self.states.processors.rules:
            self.states.use(Processors.of(rules, self.events_kept))
        return self.states.processors

    def _engine(self, partition: int) -> Engine:
        if partition not in self.engines:
            store = self.states.partition(partition)
            self.engines[partition] = Engine(
                partition, self.partitions, store, guard_rule, self.groups_a_minute
            )
        return self.engines[partition]


def _report(partition: int, before: PartitionProgress, after: PartitionProgress) -> None:
    metrics.RELEASED.labels(partition).set(after.backfill.released_on(0))
    if after.rules.bundle != before.rules.bundle:
        log.info("states migrated to other rules", bundle=after.rules.bundle, partition=partition)
    metrics.MIGRATED.labels(partition).set(after.rules.bundle)
