"""The fence: a worker whose session may be over produces nothing.

What is to be sent waits in Faust's buffer, in aiokafka's batches and between its retries, and a
worker may be stopped at any of these. So the check comes after them all, right before the socket.
"""

import socket
from asyncio import StreamWriter
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import ProducerClosed
from aiokafka.protocol.produce import ProduceRequest

from services.matcher.adapters.stream.session import LeftGroup, Session

API_KEY = slice(4, 6)
"""The bytes of a request that say what it is, after its size."""
PRODUCE = ProduceRequest.API_KEY.to_bytes(2, "big")


class FenceClosed(OSError):
    """Nothing was written: aiokafka takes it for a broken connection and tries again later."""


class FencedWriter:
    """The writer of one connection, which writes messages only while the session is valid."""

    def __init__(self, writer: StreamWriter, session: Session) -> None:
        self._writer = writer
        self._session = session
        _set_user_timeout(writer, session.seconds / 2)

    def write(self, request: bytes) -> None:
        """Hand the request to the system before this returns, as far as the system takes it.

        Raises:
            FenceClosed: it holds messages, and the session may be over.
        """
        if request[API_KEY] == PRODUCE and not self._session.is_valid():
            raise FenceClosed("the session may be over")
        self._writer.write(request)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the writer's own."""
        return getattr(self._writer, name)


def _set_user_timeout(writer: StreamWriter, seconds: float) -> None:
    # else the system would retransmit through a broken network for a quarter of an hour
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, option, int(seconds * 1000))


class FencedClient(AIOKafkaClient):  # type: ignore[misc]  # aiokafka has no types
    """A producer's client whose connections have fenced writers."""

    session: Session

    @classmethod
    def adopt(cls, client: AIOKafkaClient, session: Session) -> None:
        """Make aiokafka's own one of these: its producer offers no other way."""
        client.__class__ = cls
        client.session = session

    async def send(self, node_id: Any, request: Any, **options: Any) -> Any:
        """Send a request; one with messages waits until the session is valid.

        Raises:
            KafkaError: as aiokafka's own; ProducerClosed if we have left the group.
        """
        if isinstance(request, ProduceRequest):
            try:
                await self.session.wait_valid()
            except LeftGroup as left:
                raise ProducerClosed from left
        return await super().send(node_id, request, **options)

    async def _get_conn(self, node_id: Any, **options: Any) -> Any:
        connection = await super()._get_conn(node_id, **options)
        writer = getattr(connection, "_writer", None)
        if writer is not None and not isinstance(writer, FencedWriter):
            connection._writer = FencedWriter(writer, self.session)  # noqa: SLF001  (where aiokafka looks for it)
        return connection
