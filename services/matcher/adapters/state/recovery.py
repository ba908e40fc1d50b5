"""Recovery of the table: what is missing is read in bulk, and Faust told how far it got.

Faust takes each message of the changelog through its stream machinery. A plain consumer and a
store that takes many at once need a fraction of that.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.tables.manager import TableManager as FaustTableManager
from faust.tables.recovery import Recovery as FaustRecovery
from faust.transport.drivers.aiokafka import server_list
from faust.types import TP
from faust.types.transports import ConsumerT

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.state.changelog_replica import Entry
from services.matcher.adapters.state.store import Store

log = telemetry.logger(__name__)

ACTIVE = "active"
FETCH_BYTES = 4 * 1024 * 1024
POLL_MS = 1000
DEFAULT_PORT = 9092


class ChangelogRecovery(FaustRecovery):
    """Faust's recovery, which finds nothing left to do."""

    async def _build_offsets(
        self, consumer: ConsumerT, tps: set[TP], destination: Counter[TP], title: str
    ) -> None:
        """Where Faust would begin to read, after all that can be has been read here."""
        ours = {tp: store for tp in tps if (store := self._store(tp)) is not None}
        if title == ACTIVE and ours:
            starts = await consumer.earliest_offsets(*ours)
            for tp, store in ours.items():
                ends = (starts[tp] or 0, self.active_highwaters[tp])
                destination[tp] = held(store, tp, *ends)
        await super()._build_offsets(consumer, tps, destination, title)
        if title == ACTIVE:
            await self.fill(ours, destination)

    def _store(self, tp: TP) -> Store | None:
        store = cast("Any", self.tp_to_table[tp]).data
        return store if isinstance(store, Store) else None

    async def fill(self, stores: Mapping[TP, Store], reached: Counter[TP]) -> None:
        """Read what is missing behind `reached`, which goes with it as far as Kafka answers."""
        ends = {tp: self.active_highwaters[tp] + 1 for tp in stores}
        missing = {tp: (reached[tp] + 1, end) for tp, end in ends.items() if reached[tp] + 1 < end}
        servers = server_list(self.app.conf.broker, DEFAULT_PORT)
        try:
            async for tp, entries, last in read(servers, missing):
                stores[tp].follow(tp, entries, last)
                reached[tp] = last
                metrics.RECOVERED.inc(len(entries))
        except KafkaError as error:
            log.warning("the changelog is read slowly", reason=repr(error))

    async def _wait(self, coro: Any, timeout: Any = None) -> None:  # noqa: ARG002, ASYNC109
        """Wait without a time-out: Faust takes one for the end of the service."""
        await super()._wait(coro)


class TableManager(FaustTableManager):
    """Faust's manager of tables, with our recovery."""

    @property
    def recovery(self) -> FaustRecovery:
        """The one recovery of all tables."""
        if self._recovery is None:
            self._recovery = ChangelogRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery


def held(store: Store, tp: TP, start: int, last: int) -> int:
    """The last message that the store holds of a topic which has those from `start` to `last`.

    A store that is anywhere else is not of this topic, or has missed some: it begins again.
    """
    offset = store.persisted_offset(tp)
    if offset is not None and not start - 1 <= offset <= last:
        log.warning("a kept state does not fit the topic", partition=tp.partition, offset=offset)
        store.clear_partition(tp)
        offset = None
    return start - 1 if offset is None else offset


async def read(
    servers: str | list[str], missing: Mapping[TP, tuple[int, int]]
) -> AsyncIterator[tuple[TP, list[Entry], int]]:
    """Messages of each partition from an offset to before another, many at once, in order.

    With the offset that each step leads to, which compaction may have left without a message.

    Raises:
        KafkaError: Kafka does not answer.
    """
    if not missing:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    try:
        await consumer.start()
        async for step in _steps(consumer, missing):
            yield step
    finally:
        await consumer.stop()


async def _steps(
    consumer: AIOKafkaConsumer, missing: Mapping[TP, tuple[int, int]]
) -> AsyncIterator[tuple[TP, list[Entry], int]]:
    behind = {TopicPartition(tp.topic, tp.partition): tp for tp in missing}
    consumer.assign(list(behind))
    for place, tp in behind.items():
        consumer.seek(place, missing[tp][0])
    while behind:
        found = await consumer.getmany(*behind, timeout_ms=POLL_MS)
        for place, tp in tuple(behind.items()):
            reached = await consumer.position(place)
            if reached >= missing[tp][1]:
                del behind[place]
            if place in found or place not in behind:
                yield tp, [(one.key, one.value) for one in found.get(place, ())], reached - 1
