"""The publisher on kafka-python: sends on the loop, and acknowledgements come back to it."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from kafka import KafkaProducer
from kafka.errors import InvalidRecordError, KafkaError, MessageSizeTooLargeError
from kafka.partitioner.default import murmur2

from services.ingest.adapters import metrics
from services.ingest.adapters.connection import KafkaConnection, check_kafka, close
from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.ports import Unavailable
from services.telemetry import logger

LOOK_SECONDS = 0.5
ACKNOWLEDGE_SECONDS = 8.0
RETIRE_SECONDS = 0.2
CLOSE_SECONDS = 5.0
# kafka-python bounds no memory of its own: past this much in flight, nothing more is taken
MOST_PENDING = 64 * 1024 * 1024
OF_THE_MESSAGE = (InvalidRecordError, MessageSizeTooLargeError)

Look = Callable[[KafkaProducer | None, list[str], str], KafkaConnection]
Settle = Callable[[Exception | None], None]

log = logger(__name__)


class KafkaPublisher:
    """The events topic behind `Publisher`; connects by itself, again and again.

    `start` and `stop` belong to the event loop that `publish` is called on.
    """

    def __init__(self, bootstrap_servers: str, topic: str, check: Look = check_kafka) -> None:
        """Nothing happens yet; `check` shows how Kafka is, and connects."""
        self._look = check
        self._servers = [server.strip() for server in bootstrap_servers.split(",")]
        self._topic = topic
        self._link = KafkaConnection()
        self._retired: list[KafkaProducer] = []
        self._pending = 0
        self._stopping = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def fault(self) -> str | None:
        """What is wrong with Kafka, as of a second ago; None when all is well."""
        return self._link.fault

    async def start(self) -> None:
        """Begin to connect; returns at once, whether Kafka is there or not."""
        # it tells of every attempt while Kafka is away; what matters is said here, once
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        self._watch = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Send what is in flight and close; takes 20 seconds at most."""
        self._stopping.set()
        if self._watch is not None:
            await self._watch
        await self._close_retired()
        if self._link.producer is not None:
            await asyncio.to_thread(close, self._link.producer, CLOSE_SECONDS)

    @property
    def partitions(self) -> int:
        """As last seen."""
        return self._link.partitions

    def partition_of(self, key: bytes) -> int:
        """As Kafka's default partitioner."""
        if not self._link.partitions:
            raise Unavailable(f"Kafka: {self._link.fault}")
        return int((murmur2(key) & 0x7FFFFFFF) % self._link.partitions)

    async def publish(self, messages: Sequence[EventsMessage]) -> Sequence[bool]:
        """Send all at once, in order, and wait for every acknowledgement or 8 seconds."""
        producer, size = self._link.producer, sum(len(message.value) for message in messages)
        if producer is None or self._link.fault is not None:
            raise Unavailable(f"Kafka: {self._link.fault}")
        if self._pending + size > MOST_PENDING:
            raise Unavailable("Kafka: too much in flight already")
        begun = time.monotonic()
        acks = [self._send(producer, message) for message in messages]
        _, late = await asyncio.wait(acks, timeout=ACKNOWLEDGE_SECONDS)
        if late:
            self._retire(producer)
        metrics.PUBLISH.observe(time.monotonic() - begun)
        return [ack.done() and ack.result() for ack in acks]

    def _send(self, producer: KafkaProducer, message: EventsMessage) -> asyncio.Future[bool]:
        loop = asyncio.get_running_loop()
        ack: asyncio.Future[bool] = loop.create_future()
        settle = self._settling(producer, ack, len(message.value))
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

    def _settling(self, producer: KafkaProducer, ack: asyncio.Future[bool], size: int) -> Settle:
        def settle(error: Exception | None) -> None:
            self._pend(-size)
            metrics.MESSAGES.labels("failed" if error else "acknowledged").inc()
            if error is not None:
                log.warning("message not acknowledged", topic=self._topic, error=str(error))
            if error is not None and not isinstance(error, OF_THE_MESSAGE):
                self._retire(producer)
            if not ack.done():
                ack.set_result(error is None)

        return settle

    def _pend(self, size: int) -> None:
        self._pending += size
        metrics.PENDING.set(self._pending)

    def _retire(self, producer: KafkaProducer) -> None:
        """Connect anew: after an expired delivery this client may never send again.

        It drops its producer id then, and asks for another only where it never had one.
        """
        if self._link.producer is producer:
            self._retired.append(producer)
            self._note(
                KafkaConnection(None, self._link.partitions, "a delivery failed: connecting anew")
            )

    async def _keep_looking(self) -> None:
        while not self._stopping.is_set():
            await self._close_retired()
            seen = await asyncio.to_thread(
                self._look, self._link.producer, self._servers, self._topic
            )
            if seen.producer not in self._retired:
                self._note(seen)
            try:
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _close_retired(self) -> None:
        while self._retired:
            await asyncio.to_thread(close, self._retired[0], RETIRE_SECONDS)
            self._retired.pop(0)

    def _note(self, link: KafkaConnection) -> None:
        if (link.fault is None) != (self._link.fault is None):
            log.info("kafka answers" if link.fault is None else "kafka is away", fault=link.fault)
        metrics.CONNECTED.set(link.fault is None)
        self._link = link
