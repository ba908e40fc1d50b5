"""What ingest needs of the world."""

from collections.abc import Sequence
from typing import Protocol

from services.ingest.domain.batch import EventsMessage


class Unavailable(Exception):
    """Kafka does not take anything now; the message says why. Send again later."""


class Publisher(Protocol):
    """Puts messages on the events topic."""

    @property
    def partitions(self) -> int:
        """How many partitions the topic has, 0 while unknown. Does not block."""

    def partition_of(self, key: bytes) -> int:
        """The partition that Kafka's default partitioner gives to `key`. Does not block.

        Raises:
            Unavailable: the topic is not known yet.
        """

    async def publish(self, messages: Sequence[EventsMessage]) -> Sequence[bool]:
        """Whether each message was acknowledged, by all in-sync replicas, in bounded time.

        Messages of one partition are written in the order given, after those of earlier calls.
        False is not "not written": it may still arrive.

        Raises:
            Unavailable: nothing was sent.
        """
