"""The publisher on kafka-python: sends from the event loop, which gets the acknowledgements."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from math import inf

from kafka import KafkaProducer
from kafka.errors import InvalidRecordError, KafkaError, MessageSizeTooLargeError
from kafka.producer.future import RecordMetadata
from prometheus_client import Gauge

from services.clock_skew import ClockSkew
from services.ingest.adapters import metrics
from services.ingest.adapters.connection import KafkaConnection, check_kafka, close
from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.ports import Unavailable
from services.kafka_address import KafkaAddress
from services.key_partitions import find_partition
from services.telemetry import logger

CHECK_SECONDS = 0.5
ACKNOWLEDGE_SECONDS = 8.0
RETIRE_SECONDS = 0.2
CLOSE_SECONDS = 5.0
# kafka-python does not bound its memory: past this much in flight, nothing more is taken
MOST_PENDING = 64 * 1024 * 1024
MESSAGE_ERRORS = (InvalidRecordError, MessageSizeTooLargeError)

CheckKafka = Callable[[KafkaProducer | None, KafkaAddress, str], KafkaConnection]
Complete = Callable[[Exception | None], None]
"""Takes the error of a delivery, or None when Kafka acknowledged it."""

log = logger(__name__)


class KafkaPublisher:
    """Implements Publisher; connects in the background, and again after every failed delivery.

    `start` and `stop` belong to the event loop that `publish` is called on.
    """

    def __init__(
        self,
        address: KafkaAddress,
        topic: str,
        check: CheckKafka = check_kafka,
        connected: Gauge = metrics.CONNECTED,
        skew: ClockSkew | None = None,
    ) -> None:
        """Does not connect yet; `check` does, and gives the state of Kafka.

        `connected` is 1 while there is no fault; `skew` is measured by acknowledgements.
        """
        self._skew = skew or ClockSkew(inf)
        self._check = check
        self._connected = connected
        self._address = address
        self._topic = topic
        self._connection = KafkaConnection()
        self._retired: list[KafkaProducer] = []
        self._pending = 0
        self._stopping = asyncio.Event()
        self._monitoring: asyncio.Task[None] | None = None

    def fault(self) -> str | None:
        """What is wrong with Kafka, as of a second ago, or None."""
        return self._connection.fault

    async def start(self) -> None:
        """Begin to connect; returns at once, whether Kafka is there or not."""
        # it logs every attempt while Kafka is away; here each change is logged once
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        self._monitoring = asyncio.create_task(self._monitor())

    async def stop(self) -> None:
        """Send what is in flight and close; takes 20 seconds at most."""
        self._stopping.set()
        if self._monitoring is not None:
            await self._monitoring
        await self._close_retired()
        if self._connection.producer is not None:
            await asyncio.to_thread(close, self._connection.producer, CLOSE_SECONDS)

    @property
    def partitions(self) -> int:
        """As of the last check."""
        return self._connection.partitions

    def partition_of(self, key: bytes) -> int:
        """As Kafka's default partitioner does."""
        if not self._connection.partitions:
            raise Unavailable(f"Kafka: {self._connection.fault}")
        return find_partition(key, self._connection.partitions)

    async def publish(self, messages: Sequence[EventsMessage]) -> Sequence[bool]:
        """Send all at once, in order, and wait for every acknowledgement or 8 seconds."""
        producer, size = self._connection.producer, sum(len(message.value) for message in messages)
        if producer is None or self._connection.fault is not None:
            raise Unavailable(f"Kafka: {self._connection.fault}")
        if self._pending + size > MOST_PENDING:
            raise Unavailable("Kafka: too much in flight already")
        started = time.monotonic()
        acks = [self._send(producer, message) for message in messages]
        _, late = await asyncio.wait(acks, timeout=ACKNOWLEDGE_SECONDS)
        if late:
            self._retire(producer)
        metrics.PUBLISH.observe(time.monotonic() - started)
        return [ack.done() and ack.result() for ack in acks]

    def _send(self, producer: KafkaProducer, message: EventsMessage) -> asyncio.Future[bool]:
        loop = asyncio.get_running_loop()
        ack: asyncio.Future[bool] = loop.create_future()
        complete = self._build_completion(producer, ack, len(message.value))
        self._add_pending(len(message.value))
        try:
            sent = producer.send(
                self._topic,
                value=message.value,
                key=message.key,
                headers=message.headers,
                partition=message.partition,
            )
        except (KafkaError, ValueError) as error:  # ValueError: the topic lost that partition
            complete(error)
        else:
            sent.add_callback(partial(self._note_append, time.time()))
            sent.add_callback(lambda _: loop.call_soon_threadsafe(complete, None))
            sent.add_errback(lambda error: loop.call_soon_threadsafe(complete, error))
        return ack

    def _build_completion(
        self, producer: KafkaProducer, ack: asyncio.Future[bool], size: int
    ) -> Complete:
        def complete(error: Exception | None) -> None:
            self._add_pending(-size)
            metrics.MESSAGES.labels("failed" if error else "acknowledged").inc()
            if error is not None:
                log.warning("message not acknowledged", topic=self._topic, error=str(error))
            if error is not None and not isinstance(error, MESSAGE_ERRORS):
                self._retire(producer)
            if not ack.done():
                ack.set_result(error is None)

        return complete

    def _note_append(self, sent: float, metadata: RecordMetadata) -> None:
        """Where the topic keeps the sender's time that proves nothing, and does no harm."""
        self._skew.note_sent(sent, metadata.timestamp / 1000, time.time())

    def _add_pending(self, size: int) -> None:
        self._pending += size
        metrics.PENDING.set(self._pending)

    def _retire(self, producer: KafkaProducer) -> None:
        """Replace the client: after an expired delivery it may never send again.

        It drops its producer id, and requests one only where it never had any.
        """
        if self._connection.producer is producer:
            self._retired.append(producer)
            self._set_connection(
                KafkaConnection(
                    None, self._connection.partitions, "a delivery failed: reconnecting"
                )
            )

    async def _monitor(self) -> None:
        while not self._stopping.is_set():
            await self._close_retired()
            checked = await asyncio.to_thread(
                self._check, self._connection.producer, self._address, self._topic
            )
            if checked.producer not in self._retired:
                self._set_connection(checked)
            try:
                await asyncio.wait_for(self._stopping.wait(), CHECK_SECONDS)
            except TimeoutError:
                continue

    async def _close_retired(self) -> None:
        while self._retired:
            await asyncio.to_thread(close, self._retired[0], RETIRE_SECONDS)
            self._retired.pop(0)

    def _set_connection(self, connection: KafkaConnection) -> None:
        if _drop_numbers(connection.fault) != _drop_numbers(self._connection.fault):
            if connection.fault is None:
                log.info("kafka is reachable")
            else:
                log.warning("kafka is unreachable", fault=connection.fault)
        self._connected.set(connection.fault is None)
        self._connection = connection


def _drop_numbers(fault: str | None) -> str | None:
    """The kind of a fault: seconds that grow make no new one."""
    return None if fault is None else re.sub(r"\d+", "", fault)
