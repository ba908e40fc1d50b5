"""Writing to a connection that Kafka has closed, on uvloop: an error of Kafka's."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

import pytest
import uvloop
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from services.matcher.adapters.topics.closed_connections import Connection

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class AdmittedConnection(Connection):
    """A connection to a server that answers nothing, not even which versions it speaks."""

    async def _do_version_lookup(self) -> None:
        self._versions = {MetadataRequest.API_KEY: (0, 5)}


async def _send_after_reset(write: Callable[[Connection], Awaitable[object]]) -> Connection:
    """Write until the connection refuses, in the one step of the loop after Kafka was killed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = AdmittedConnection("127.0.0.1", server.getsockname()[1])
        await connection.connect()
        peer, _ = server.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        peer.close()
        with pytest.raises(KafkaConnectionError, match="is closed"):
            await _write_until_refused(connection, write)
        return connection


async def _write_until_refused(
    connection: Connection, write: Callable[[Connection], Awaitable[object]]
) -> None:
    answers = []
    for _ in range(5):
        answers.append(asyncio.ensure_future(write(connection)))
        answers[-1].add_done_callback(lambda answer: answer.cancelled() or answer.exception())
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "write",
    [
        lambda connection: connection.send(MetadataRequest([])),
        lambda connection: connection._send_sasl_token(b"token"),  # noqa: SLF001  (aiokafka's own)
    ],
    ids=["a request", "a token"],
)
def test_a_write_to_it_breaks_it_with_an_error_of_kafkas(
    write: Callable[[Connection], Awaitable[object]],
) -> None:
    connection = uvloop.run(_send_after_reset(write))

    assert not connection.connected()
