"""The publisher over a client that does what a test says; on real Kafka: tests/integration."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from kafka.future import Future
from kafka.partitioner.default import DefaultPartitioner

from services.ingest.adapters.connection import KafkaConnection
from services.ingest.adapters.producer import MOST_PENDING, KafkaPublisher
from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.ports import Unavailable
from services.kafka_address import KafkaAddress
from tests.parts.child import free_port
from tests.parts.waiting import until

SECONDS = 10


@dataclass
class Client:
    """kafka-python's producer, as far as the publisher uses it."""

    error: Exception | None = None
    raises: bool = False
    answers: bool = True
    sent: list[bytes] = field(default_factory=list)
    closed: bool = False

    def send(self, _topic: str, *, value: bytes, **_rest: object) -> Future:
        if self.raises and self.error:
            raise self.error
        self.sent.append(value)
        future = Future()
        if self.answers:
            _ = future.failure(self.error) if self.error else future.success(None)
        return future

    def close(self, timeout: float) -> None:  # noqa: ARG002  (the client's signature)
        self.closed = True


@dataclass
class ClientSupply:
    """Gives out its clients one after the other, as each is replaced."""

    clients: list[Client]
    given: int = 0

    def check(
        self, producer: Client | None, _address: KafkaAddress, _topic: str
    ) -> KafkaConnection:
        if producer is None:
            producer = self.clients[self.given]
            self.given += 1
        return KafkaConnection(producer, 4, None)


def message(value: bytes = b"{}") -> EventsMessage:
    return EventsMessage(0, None, value, [], (0,))


@asynccontextmanager
async def publishing(*clients: Client) -> AsyncIterator[KafkaPublisher]:
    publisher = KafkaPublisher(
        KafkaAddress("127.0.0.1:1"), "events", ClientSupply(list(clients)).check
    )
    await publisher.start()
    try:
        await well(publisher)
        yield publisher
    finally:
        await publisher.stop()


async def well(publisher: KafkaPublisher) -> None:
    await asyncio.to_thread(until, lambda: publisher.fault() is None, "Kafka answers", SECONDS)


async def test_messages_are_sent_in_order_and_acknowledged() -> None:
    client = Client()

    async with publishing(client) as publisher:
        acknowledged = await publisher.publish([message(b"1"), message(b"2")])

    assert acknowledged == [True, True]
    assert client.sent == [b"1", b"2"]
    assert client.closed


@pytest.mark.parametrize("raises", [False, True], ids=["comes back", "raises"])
async def test_after_a_failed_delivery_another_client_takes_over(raises: bool) -> None:
    failing, fresh = Client(KafkaTimeoutError("expired"), raises=raises), Client()

    async with publishing(failing, fresh) as publisher:
        failed = await publisher.publish([message(b"1")])
        fault = publisher.fault()
        await well(publisher)
        done = await publisher.publish([message(b"2")])

    assert (failed, done) == ([False], [True])
    assert fault is not None
    assert fresh.sent == [b"2"]
    assert failing.closed


async def test_a_message_that_kafka_finds_too_large_is_no_fault_of_the_client() -> None:
    client = Client(MessageSizeTooLargeError("large"))

    async with publishing(client) as publisher:
        failed = await publisher.publish([message()])
        fault = publisher.fault()

    assert failed == [False]
    assert fault is None


async def test_more_than_memory_holds_is_not_taken() -> None:
    client = Client(answers=False)

    async with publishing(client, Client()) as publisher:
        waiting = asyncio.create_task(publisher.publish([message(b"x" * MOST_PENDING)]))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="too much in flight"):
            await publisher.publish([message()])
        waiting.cancel()

    assert len(client.sent) == 1


async def test_where_nothing_listens_it_says_so_and_takes_nothing() -> None:
    publisher = KafkaPublisher(KafkaAddress(f"127.0.0.1:{free_port()}"), "vedette.events")

    await publisher.start()
    refused = "Connection refused"
    await asyncio.to_thread(until, lambda: refused in str(publisher.fault()), refused, SECONDS)

    with pytest.raises(Unavailable):
        publisher.partition_of(b"key")
    with pytest.raises(Unavailable):
        await publisher.publish([message()])
    await publisher.stop()


class Cluster:
    """A topic of four partitions, as Kafka's default partitioner asks for it."""

    def topics(self) -> set[str]:
        return {"events"}

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return {0, 1, 2, 3}

    available_partitions_for_topic = partitions_for_topic


async def test_partitions_are_those_of_kafkas_default_partitioner() -> None:
    keys = [f"reuters {number}".encode() for number in range(50)]
    by_default = [
        DefaultPartitioner().partition("events", key, key, b"", b"", Cluster()) for key in keys
    ]

    async with publishing(Client()) as publisher:
        ours = [publisher.partition_of(key) for key in keys]

    assert ours == by_default
    assert len(set(ours)) == 4
