"""The outbox: how the agents send, and what they do with what they cannot use."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiokafka.errors import MessageSizeTooLargeError
from faust.exceptions import ProducerSendError
from faust.types import TopicT

from schemas.envelope import Headers, dead_letter_headers
from schemas.topics import DEAD_LETTERS
from services.matcher.adapters import metrics
from services.matcher.adapters.topics.message import Received


class TooLarge(Exception):
    """The message is over the size limit and was not sent: dead-letter what led to it."""


@dataclass(frozen=True, slots=True)
class ProducerRecord:
    """One message to be sent; `partition` None leaves the choice to the key."""

    value: bytes | None
    headers: Headers
    key: bytes | None = None
    partition: int | None = None


class RecordSender(Protocol):
    """Where the agents send."""

    async def send(self, topic: str, letter: ProducerRecord) -> Awaitable[object]:
        """Queue a message for the topic of that name (without prefix), in order.

        The answer can be awaited for Kafka's acknowledgement; the commit waits for it anyway.

        Raises:
            TooLarge: it is over the size limit.
        """
        ...


@dataclass(frozen=True, slots=True)
class TopicSender:
    """The outbox on Faust's topics, by name without prefix."""

    topics: Mapping[str, TopicT]

    async def send(self, topic: str, letter: ProducerRecord) -> Awaitable[object]:
        """As the port says."""
        try:
            return await self.topics[topic].send(
                key=letter.key,
                value=letter.value,
                headers=letter.headers,
                partition=letter.partition,
            )
        except ProducerSendError as error:
            if isinstance(error.__cause__, MessageSizeTooLargeError):
                raise TooLarge(f"over the size limit of {topic}") from error
            raise


async def dead_letter(
    outbox: RecordSender,
    message: Received,
    raw: bytes | None,
    why: tuple[str, str],
) -> Awaitable[object]:
    """Send `raw`, of `message`, to the dead letters; `why` is the reason and the part refusing.

    The message's own headers stay, to be sent again with; of two of one name the last counts.

    What is too large even for that stays where it stands: the headers say where.
    """
    reason, where = why
    told = dead_letter_headers(reason, where, message.topic, message.partition, message.offset)
    headers = [*(message.headers or ()), *told]
    metrics.DEAD_LETTERS.labels(where).inc()
    try:
        return await outbox.send(DEAD_LETTERS, ProducerRecord(raw, headers, message.key))
    except TooLarge:
        return await outbox.send(DEAD_LETTERS, ProducerRecord(None, headers, message.key))
