"""Kafka's connections on uvloop: writing to one that Kafka has just closed is a Kafka error.

uvloop refuses such a write with a RuntimeError, where asyncio drops it. aiokafka expects neither:
its task that asks for metadata would end, and whoever waits for metadata wait for ever; so a
consumer would send no heartbeat again, and rejoin no group.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiokafka import conn
from aiokafka.errors import KafkaConnectionError

from services.live_password import renew_password


class Connection(conn.AIOKafkaConnection):  # type: ignore[misc]  # aiokafka has no types
    """A connection that is broken, and known to be, once nothing can be written to it.

    It begins with the password in force.
    """

    _sasl_plain_password: Any

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._sasl_plain_password = renew_password(self._sasl_plain_password)

    def send(self, request: Any, expect_response: bool = True) -> Any:  # noqa: FBT001, FBT002  (aiokafka's)
        """Send a request; the answer can be awaited.

        Raises:
            KafkaConnectionError: the connection is closed.
        """
        with self._broken_on_refusal():
            return super().send(request, expect_response)

    def _send_sasl_token(self, payload: bytes, expect_response: bool = True) -> Any:  # noqa: FBT001, FBT002
        with self._broken_on_refusal():
            return super()._send_sasl_token(payload, expect_response)

    @contextmanager
    def _broken_on_refusal(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            self.close(reason=conn.CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"the connection is closed: {error}") from error


def notice_closed_connections() -> None:
    """Have every client of aiokafka in this process, made from now on, connect so."""
    conn.AIOKafkaConnection = Connection
