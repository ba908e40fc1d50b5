"""Recovery of the table: what is missing is read in bulk, and Faust gets the offsets.

Faust passes each message of the changelog through its stream machinery. A plain consumer, and a
store that takes many at once, need a fraction of that time.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.tables.manager import TableManager as FaustTableManager
from faust.tables.recovery import Recovery as FaustRecovery
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth, server_list
from faust.types import TP, AppT
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


class ChangelogBatch(NamedTuple):
    """Messages of a changelog partition, and the offset up to which nothing else is in it."""

    tp: TP
    entries: list[Entry]
    offset: int


class ChangelogRecovery(FaustRecovery):
    """Faust's recovery, which finds nothing left to do."""

    async def _build_offsets(
        self, consumer: ConsumerT, tps: set[TP], destination: Counter[TP], title: str
    ) -> None:
        """Set the offsets after which Faust reads on, having read here all that can be."""
        stores = {tp: store for tp in tps if (store := self._store(tp)) is not None}
        if title == ACTIVE and stores:
            starts = await consumer.earliest_offsets(*stores)
            for tp, store in stores.items():
                last = self.active_highwaters[tp]
                destination[tp] = resume_offset(store, tp, starts[tp] or 0, last)
        await super()._build_offsets(consumer, tps, destination, title)
        if title == ACTIVE:
            await self.read_missing(stores, destination)

    def _store(self, tp: TP) -> Store | None:
        store = cast("Any", self.tp_to_table[tp]).data
        return store if isinstance(store, Store) else None

    async def read_missing(self, stores: Mapping[TP, Store], reached: Counter[TP]) -> None:
        """Read what is missing after the offsets in `reached`, and advance them.

        If Kafka fails on the way, the rest is left to Faust.
        """
        ends = {tp: self.active_highwaters[tp] + 1 for tp in stores}
        missing = {tp: (reached[tp] + 1, end) for tp, end in ends.items() if reached[tp] + 1 < end}
        try:
            async for batch in read_batches(_client_options(self.app), missing):
                stores[batch.tp].follow(*batch)
                reached[batch.tp] = batch.offset
                metrics.RECOVERED.inc(len(batch.entries))
        except KafkaError as error:
            log.warning("the changelog cannot be read in bulk", reason=repr(error))

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


def resume_offset(store: Store, tp: TP, start: int, last: int) -> int:
    """The offset after which the store reads on in a topic with messages from `start` to `last`.

    A replica whose offset is elsewhere is not of this topic, or misses some: it is cleared.
    """
    offset = store.persisted_offset(tp)
    if offset is not None and not start - 1 <= offset <= last:
        log.warning("the replica does not fit the topic", partition=tp.partition, offset=offset)
        store.clear_partition(tp)
        offset = None
    return start - 1 if offset is None else offset


def _client_options(app: AppT) -> dict[str, Any]:
    """Where Faust's own clients connect, and as whom."""
    admission = credentials_to_aiokafka_auth(app.conf.broker_credentials)
    return {"bootstrap_servers": server_list(app.conf.broker, DEFAULT_PORT), **admission}


async def read_batches(
    options: Mapping[str, Any], missing: Mapping[TP, tuple[int, int]]
) -> AsyncIterator[ChangelogBatch]:
    """Messages of each partition from an offset to before another, many at once, in order.

    `options`: of the client. Compaction may have left the offset of a batch without a message.

    Raises:
        KafkaError: Kafka does not answer.
    """
    if not missing:
        return
    consumer = AIOKafkaConsumer(
        **options,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    try:
        await consumer.start()
        async for batch in _poll_batches(consumer, missing):
            yield batch
    finally:
        await consumer.stop()


async def _poll_batches(
    consumer: AIOKafkaConsumer, missing: Mapping[TP, tuple[int, int]]
) -> AsyncIterator[ChangelogBatch]:
    pending = {TopicPartition(tp.topic, tp.partition): tp for tp in missing}
    consumer.assign(list(pending))
    for partition, tp in pending.items():
        consumer.seek(partition, missing[tp][0])
    while pending:
        polled = await consumer.getmany(*pending, timeout_ms=POLL_MS)
        for partition, tp in tuple(pending.items()):
            position = await consumer.position(partition)
            if position >= missing[tp][1]:
                del pending[partition]
            if partition in polled or partition not in pending:
                entries = [(message.key, message.value) for message in polled.get(partition, ())]
                yield ChangelogBatch(tp, entries, position - 1)
