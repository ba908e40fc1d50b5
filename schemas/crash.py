"""The record of messages that ended workers, kept in the rules topic for their next owners."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.model import Count, Instant, Model, PartitionNumber

CRASH_KEY_PREFIX = b"crash/"


class CrashReason(StrEnum):
    """Why a worker ended itself: its event loop did not turn, or its memory was nearly full."""

    STUCK = "stuck"
    MEMORY = "memory"


class Crash(Model):
    """Workers ended `times` times with the message at `offset` in hand, last at `at` for `reason`.

    `digest` is that of its value: a worker that ends before it has committed makes copies of what
    it sent, and they are as lethal. `item` is the index of an event within a batch, None: the
    message as a whole.
    """

    offset: Count
    digest: str
    item: Count | None = None
    times: Annotated[int, Field(ge=1)] = 1
    reason: CrashReason
    at: Instant


class CrashRecord(Model):
    """The crashes that name messages of one partition.

    A record of the rules topic, one for each partition. It is replaced by a tombstone when the
    messages, and copies of them, are committed.
    """

    topic: str
    partition: PartitionNumber
    crashes: tuple[Crash, ...] = ()

    @property
    def key(self) -> bytes:
        """The Kafka key."""
        return crash_key(self.topic, self.partition)


def crash_key(topic: str, partition: int) -> bytes:
    """The Kafka key of the record of one partition; `topic` is the full name."""
    return CRASH_KEY_PREFIX + b"%s/%d" % (topic.encode(), partition)
