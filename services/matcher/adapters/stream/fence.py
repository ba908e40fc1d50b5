"""The fence: nothing is produced by a worker whose session may be over.

What is to be sent waits in Faust's buffer, in aiokafka's batches and between its retries, and a
worker may be stopped at any of these. So the check stands behind them all, right before the socket.
"""

import socket
from asyncio import StreamWriter
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import ProducerClosed
from aiokafka.protocol.produce import ProduceRequest

from services.matcher.adapters.stream.session import Left, Session

API_KEY = slice(4, 6)
"""Where a request says what it is, behind its size."""
PRODUCE = ProduceRequest.API_KEY.to_bytes(2, "big")


class Shut(OSError):
    """Nothing was written: aiokafka takes it for a broken connection and tries again later."""


class Gate:
    """The writer of one connection, which lets no message out unless the session stands."""

    def __init__(self, writer: StreamWriter, session: Session) -> None:
        self._writer = writer
        self._session = session
        _forget_what_is_not_taken(writer, session.seconds / 2)

    def write(self, request: bytes) -> None:
        """Hand the request to the system before this returns, as far as the system takes it.

        Raises:
            Shut: it holds messages, and the session may be over.
        """
        if request[API_KEY] == PRODUCE and not self._session.stands():
            raise Shut("the session may be over")
        self._writer.write(request)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the writer's own."""
        return getattr(self._writer, name)


def _forget_what_is_not_taken(writer: StreamWriter, seconds: float) -> None:
    # else the system would go on sending it through a broken network for a quarter of an hour
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        told = writer.get_extra_info("socket")
        told.setsockopt(socket.IPPROTO_TCP, option, int(seconds * 1000))


class FencedClient(AIOKafkaClient):  # type: ignore[misc]  # aiokafka has no types
    """A producer's connections, each behind a gate."""

    session: Session

    @classmethod
    def adopt(cls, client: AIOKafkaClient, session: Session) -> None:
        """Make aiokafka's own one of these: its producer offers no other way."""
        client.__class__ = cls
        client.session = session

    async def send(self, node_id: Any, request: Any, **options: Any) -> Any:
        """Send a request; messages wait until the session stands.

        Raises:
            KafkaError: as aiokafka's own; ProducerClosed if we have left the group.
        """
        if isinstance(request, ProduceRequest):
            try:
                await self.session.standing()
            except Left as left:
                raise ProducerClosed from left
        return await super().send(node_id, request, **options)

    async def _get_conn(self, node_id: Any, **options: Any) -> Any:
        connection = await super()._get_conn(node_id, **options)
        writer = getattr(connection, "_writer", None)
        if writer is not None and not isinstance(writer, Gate):
            connection._writer = Gate(writer, self.session)  # noqa: SLF001  (where aiokafka looks for it)
        return connection
