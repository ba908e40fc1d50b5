"""Sending: how the agents send records, and what they do with what they cannot use."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiokafka.errors import MessageSizeTooLargeError
from faust.exceptions import ProducerSendError
from faust.types import TopicT

from schemas.envelope import dead_letter_headers
from schemas.topics import DEAD_LETTERS
from services import metrics
from services.matcher.adapters.metrics import STAGES
from services.matcher.adapters.topics.records import ConsumerRecord, ProducerRecord
from services.tracing import record_headers

_KINDS = {
    "too_costly": "too_costly",
    "too_late": "too_late",
    "crashes_worker": "crashes_worker",
    "over the size limit": "too_large",
    "rule: ": "rule_missing",
    "hypothesis: ": "rule_missing",
    "bundle ": "rule_missing",
}
"""The kind of a dead letter's reason, by how its text begins."""


class TooLarge(Exception):
    """The record is over the size limit and was not sent: dead-letter what led to it."""


class RecordSender(Protocol):
    """Where the agents send."""

    async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
        """Queue a record for the topic of that name (without prefix), in order, with the trace.

        The answer can be awaited for Kafka's acknowledgement; the commit waits for it anyway.

        Raises:
            TooLarge: it is over the size limit.
        """
        ...


@dataclass(frozen=True, slots=True)
class TopicSender:
    """Sends to Faust's topics, by name without prefix."""

    topics: Mapping[str, TopicT]

    async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
        """As the port says."""
        try:
            return await self.topics[topic].send(
                key=record.key,
                value=record.value,
                headers=[*record.headers, *record_headers()],
                partition=record.partition,
            )
        except ProducerSendError as error:
            if isinstance(error.__cause__, MessageSizeTooLargeError):
                raise TooLarge(f"over the size limit of {topic}") from error
            raise


async def dead_letter(
    sender: RecordSender, source: ConsumerRecord, value: bytes | None, reason: str, where: str
) -> Awaitable[object]:
    """Send `value`, of the record `source`, to the dead letters; `where` is what refused it.

    The headers of `source` stay, for a retry; of two of one name the last counts. A value that is
    too large even for the dead letters is left out: the headers have its offset.
    """
    added = dead_letter_headers(reason, where, source.topic, source.partition, source.offset)
    headers = [*(source.headers or ()), *added]
    _count(reason, where)
    try:
        return await sender.send(DEAD_LETTERS, ProducerRecord(value, headers, source.key))
    except TooLarge:
        return await sender.send(DEAD_LETTERS, ProducerRecord(None, headers, source.key))


def _count(reason: str, where: str) -> None:
    otherwise = metrics.MALFORMED if where in STAGES else metrics.RULE_FAILED
    kinds = (kind for start, kind in _KINDS.items() if reason.startswith(start))
    metrics.DEAD_LETTERS.labels(where, next(kinds, otherwise)).inc()
