"""The fence: what a connection of the producer writes, and when."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import NodeNotReadyError, ProducerClosed
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest

from services.matcher.adapters.stream.fence import FenceClosed, FencedClient, FencedWriter
from services.matcher.adapters.stream.session import Session

LENGTH = b"\0\0\0\0"
PRODUCE = LENGTH + b"\0\0 rest of a produce request"
METADATA = LENGTH + b"\0\3 rest of a metadata request"


@dataclass
class FakeWriter:
    """asyncio's writer on a socket that is connected to nothing."""

    connection: socket.socket
    written: list[bytes] = field(default_factory=list)
    closed: bool = False

    def write(self, request: bytes) -> None:
        self.written.append(request)

    def get_extra_info(self, _name: str) -> socket.socket:
        return self.connection

    def close(self) -> None:
        self.closed = True
        self.connection.close()


@dataclass
class Fenced:
    """A fenced writer on a fake one, and its session at a time that the test sets."""

    writer: FakeWriter
    time: float = 0.0

    def __post_init__(self) -> None:
        self.session = Session(6.0, 60.0, lambda: None, lambda: self.time)
        self.fenced_writer = FencedWriter(cast("Any", self.writer), self.session)


@pytest.fixture
def fenced() -> Any:
    with socket.socket() as connection:
        yield Fenced(FakeWriter(connection))


def test_while_the_session_is_valid_messages_are_written_at_once(fenced: Fenced) -> None:
    fenced.session.confirm(fenced.time)

    fenced.fenced_writer.write(PRODUCE)

    assert fenced.writer.written == [PRODUCE]


def test_when_the_session_may_be_over_no_message_is_written(fenced: Fenced) -> None:
    fenced.session.confirm(fenced.time)
    fenced.time += 3

    with pytest.raises(FenceClosed):
        fenced.fenced_writer.write(PRODUCE)

    assert fenced.writer.written == []


def test_a_request_without_messages_is_written_without_a_session(fenced: Fenced) -> None:
    fenced.fenced_writer.write(METADATA)

    assert fenced.writer.written == [METADATA]


def test_everything_else_is_the_writers_own(fenced: Fenced) -> None:
    fenced.fenced_writer.close()

    assert fenced.writer.closed


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone has it")
def test_the_system_drops_what_is_not_acknowledged_in_half_a_session(fenced: Fenced) -> None:
    timeout_ms = fenced.writer.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert timeout_ms == 3000


@asynccontextmanager
async def client(session: Session) -> AsyncIterator[AIOKafkaClient]:
    """A fenced client that knows no broker."""
    fenced_client = AIOKafkaClient(bootstrap_servers="127.0.0.1:1")
    FencedClient.adopt(fenced_client, session)
    try:
        yield fenced_client
    finally:
        await fenced_client.close()


def produce() -> ProduceRequest:
    return ProduceRequest(required_acks=-1, timeout=1, topics=[], transactional_id=None)


@dataclass
class FakeConnection:
    """A connection as aiokafka keeps it; for any request it writes a produce request."""

    _writer: Any

    def connected(self) -> bool:
        return True

    async def send(self, _request: Any, **_options: Any) -> None:
        self._writer.write(PRODUCE)

    async def close(self, **_options: Any) -> None:
        self._writer.close()


async def test_a_connection_that_was_open_before_is_fenced_too(fenced: Fenced) -> None:
    async with client(fenced.session) as fenced_client:
        fenced_client._conns[0, ConnectionGroup.DEFAULT] = FakeConnection(fenced.writer)  # noqa: SLF001

        with pytest.raises(FenceClosed):
            await fenced_client.send(0, MetadataRequest([]))
        fenced.session.confirm(fenced.time)
        await fenced_client.send(0, produce())

    assert fenced.writer.written == [PRODUCE]


async def test_only_messages_wait_for_the_session(fenced: Fenced) -> None:
    async with client(fenced.session) as fenced_client:
        with pytest.raises(NodeNotReadyError):
            await fenced_client.send(0, MetadataRequest([]))


async def test_after_leaving_the_group_messages_fail_for_good(fenced: Fenced) -> None:
    fenced.session.leave()

    async with client(fenced.session) as fenced_client:
        with pytest.raises(ProducerClosed) as raised:
            await fenced_client.send(0, produce())

    assert not raised.value.retriable
