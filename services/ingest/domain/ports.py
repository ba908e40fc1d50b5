"""What ingest needs of the world."""

from collections.abc import Sequence
from typing import Protocol

from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.stories.report import StoryReport


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


class StoriesUnavailable(Exception):
    """No story can be found now; reports are taken without one. The message says why."""


class StoryIndex(Protocol):
    """Knows the stories of the last days, for all replicas of ingest."""

    async def check(self) -> None:
        """Return if it can be used.

        Raises:
            StoriesUnavailable: it cannot. May take seconds.
        """

    async def assign(self, reports: Sequence[StoryReport]) -> Sequence[str]:
        """The story of each report, fixed: the same again for the same identity.

        Raises:
            StoriesUnavailable: some may have been fixed. May take seconds.
        """
