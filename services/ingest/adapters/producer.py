"""The publisher on kafka-python: sends on the loop, and acknowledgements come back to it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.partitioner.default import murmur2

from services.ingest.adapters import metrics
from services.ingest.domain.bundle import Message
from services.ingest.domain.ports import Unavailable
from services.telemetry import logger

LOOK_SECONDS = 0.5
REFRESH_MS = 1000
STALE_SECONDS = 5.0
DELIVERY_MS = 6000
ACKNOWLEDGE_SECONDS = 8.0
CLOSE_SECONDS = 10.0
# kafka-python bounds no memory of its own: past this much in flight, nothing more is taken
MOST_PENDING = 64 * 1024 * 1024

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last look at Kafka showed: how many partitions, or what is wrong."""

    partitions: int = 0
    fault: str | None = "not connected yet"


class KafkaPublisher:
    """The events topic behind `Publisher`; connects by itself, again and again.

    `start` and `stop` belong to the event loop that `publish` is called on.
    """

    def __init__(self, bootstrap_servers: str, topic: str) -> None:
        self._servers = [server.strip() for server in bootstrap_servers.split(",")]
        self._topic = topic
        self._producer: KafkaProducer | None = None
        self._seen = _Seen()
        self._pending = 0
        self._stopping = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def fault(self) -> str | None:
        """What is wrong with Kafka, as of half a second ago; None when all is well."""
        return self._seen.fault

    async def start(self) -> None:
        """Begin to connect; returns at once, whether Kafka is there or not."""
        self._watch = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Send what is in flight and close; takes 15 seconds at most."""
        self._stopping.set()
        if self._watch is not None:
            await self._watch
        if self._producer is not None:
            await asyncio.to_thread(_close, self._producer)

    def partition_of(self, key: bytes) -> int:
        """As Kafka's default partitioner."""
        if not self._seen.partitions:
            raise Unavailable(f"Kafka: {self._seen.fault}")
        return int((murmur2(key) & 0x7FFFFFFF) % self._seen.partitions)

    async def publish(self, messages: Sequence[Message]) -> Sequence[bool]:
        """Send all at once, in order, and wait for every acknowledgement or 8 seconds."""
        producer, size = self._producer, sum(len(message.value) for message in messages)
        if producer is None or self._seen.fault is not None:
            raise Unavailable(f"Kafka: {self._seen.fault}")
        if self._pending + size > MOST_PENDING:
            raise Unavailable("Kafka: too much in flight already")
        begun = time.monotonic()
        acks = [self._send(producer, message) for message in messages]
        await asyncio.wait(acks, timeout=ACKNOWLEDGE_SECONDS)
        metrics.PUBLISH.observe(time.monotonic() - begun)
        return [ack.done() and ack.result() for ack in acks]

    def _send(self, producer: KafkaProducer, message: Message) -> asyncio.Future[bool]:
        loop = asyncio.get_running_loop()
        ack: asyncio.Future[bool] = loop.create_future()
        settle = self._settling(ack, len(message.value))
        self._pend(len(message.value))
        try:
            sent = producer.send(
                self._topic,
                value=message.value,
                key=message.key,
                headers=message.headers,
                partition=message.partition,
            )
        except (KafkaError, ValueError) as error:  # ValueError: the topic lost that partition
            settle(error)
        else:
            sent.add_callback(lambda _: loop.call_soon_threadsafe(settle, None))
            sent.add_errback(lambda error: loop.call_soon_threadsafe(settle, error))
        return ack

    def _settling(
        self, ack: asyncio.Future[bool], size: int
    ) -> Callable[[BaseException | None], None]:
        def settle(error: BaseException | None) -> None:
            self._pend(-size)
            metrics.MESSAGES.labels("failed" if error else "acknowledged").inc()
            if error:
                log.warning("message not acknowledged", topic=self._topic, error=str(error))
            if not ack.done():
                ack.set_result(error is None)

        return settle

    def _pend(self, size: int) -> None:
        self._pending += size
        metrics.PENDING.set(self._pending)

    async def _keep_looking(self) -> None:
        while not self._stopping.is_set():
            self._note(await asyncio.to_thread(self._look))
            try:
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    def _note(self, seen: _Seen) -> None:
        if (seen.fault is None) != (self._seen.fault is None):
            log.info("kafka answers" if seen.fault is None else "kafka is away", fault=seen.fault)
        metrics.CONNECTED.set(seen.fault is None)
        self._seen = seen

    def _look(self) -> _Seen:
        """Blocks for seconds where Kafka is away, so it runs in a thread."""
        try:
            if self._producer is None:
                self._producer = _connect(self._servers)
            partitions = len(self._producer.partitions_for(self._topic))
        except KafkaError as error:
            return _Seen(fault=_reason(error, self._topic))
        age = self._producer.metrics()["producer-metrics"]["metadata-age"]
        stale = f"no answer for {age:.0f} s" if age > STALE_SECONDS else None
        return _Seen(partitions, stale)


def _connect(servers: list[str]) -> KafkaProducer:
    return KafkaProducer(
        bootstrap_servers=servers,
        client_id="vedette-ingest",
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        allow_auto_create_topics=False,
        bootstrap_timeout_ms=3000,
        max_block_ms=500,
        metadata_max_age_ms=REFRESH_MS,
        reconnect_backoff_max_ms=1000,
        request_timeout_ms=DELIVERY_MS - 1000,
        delivery_timeout_ms=DELIVERY_MS,
    )


def _reason(error: KafkaError, topic: str) -> str:
    return f"{topic}: {error}" if str(error) else f"{topic}: {type(error).__name__}"


def _close(producer: KafkaProducer) -> None:
    try:
        producer.close(timeout=CLOSE_SECONDS)
    except KafkaError as error:  # what was not flushed in time was never answered 202
        log.warning("closed with messages in flight", error=str(error))
