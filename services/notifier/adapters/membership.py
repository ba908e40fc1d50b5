"""Keeps a consumer in its group, where kafka-python alone may drop out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.structs import MemberState

from services.telemetry import logger

log = logger(__name__)

POLL_MS = 200
JOIN_MS = 2_000
LONGEST_ABSENCE = timedelta(seconds=60)

Batch = dict[TopicPartition, list[Any]]


def notifier_group(prefix: str) -> str:
    """The consumer group of a topic prefix: `vedette-notifier` for the default one."""
    return f"{prefix.rstrip('.')}-notifier".lstrip("-")


@dataclass
class Membership:
    """Polls `consumer`, waiting `poll_ms` for messages and `join_ms` for a join."""

    consumer: KafkaConsumer
    clock: Callable[[], datetime]
    poll_ms: int = POLL_MS
    join_ms: int = JOIN_MS
    polled_at: datetime | None = None
    _absent_since: datetime | None = None

    @property
    def state(self) -> str:
        """The consumer's state in the group, as kafka-python names it."""
        state: str = self.consumer.group_metadata().state
        return state

    @property
    def is_lost(self) -> bool:
        """Whether it has been out of the group for so long that a new consumer has to join."""
        absent = self._absent_since
        return absent is not None and self.clock() - absent > LONGEST_ABSENCE

    def poll(self) -> Batch:
        """The next messages, or none within the wait.

        Raises kafka.errors.KafkaError.
        """
        joining = self.state != MemberState.STABLE
        batch: Batch = self.consumer.poll(timeout_ms=self.join_ms if joining else self.poll_ms)
        self.polled_at = self.clock()
        self._ensure_join()
        return batch

    def _ensure_join(self) -> None:
        if self.state == MemberState.STABLE:
            self._absent_since = None
            return
        self._absent_since = self._absent_since or self.polled_at
        if self.state == MemberState.REBALANCING:
            # kafka-python 3.0.12 forgets a join that outlasts its poll if new metadata caused it:
            # it then has no partition and no heartbeat for ever, and no public way to join again
            self.consumer._coordinator.request_rejoin()  # noqa: SLF001  (see above)
