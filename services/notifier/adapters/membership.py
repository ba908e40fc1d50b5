"""A consumer that stays a member of its group, where kafka-python by itself may not."""

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


@dataclass
class Membership:
    """Polls `consumer`; `poll_ms` is how long a poll waits for messages, `join_ms` for a join."""

    consumer: KafkaConsumer
    clock: Callable[[], datetime]
    poll_ms: int = POLL_MS
    join_ms: int = JOIN_MS
    polled_at: datetime | None = None
    _absent_since: datetime | None = None

    @property
    def state(self) -> str:
        """The consumer's state in the group, in kafka-python's words."""
        state: str = self.consumer.group_metadata().state
        return state

    @property
    def is_lost(self) -> bool:
        """Whether it has been out of the group for so long that a new consumer should try."""
        since = self._absent_since
        return since is not None and self.clock() - since > LONGEST_ABSENCE

    def poll(self) -> Batch:
        """The next messages, or none within the wait.

        Raises kafka.errors.KafkaError.
        """
        joining = self.state != MemberState.STABLE
        batch: Batch = self.consumer.poll(timeout_ms=self.join_ms if joining else self.poll_ms)
        self.polled_at = self.clock()
        self._mend()
        return batch

    def _mend(self) -> None:
        if self.state == MemberState.STABLE:
            self._absent_since = None
            return
        self._absent_since = self._absent_since or self.polled_at
        if self.state == MemberState.REBALANCING:
            # kafka-python 3.0.12 forgets a join that outlasts its poll if new metadata had caused
            # it: no partition, no heartbeat, for ever. This reminds it; there is no public way.
            self.consumer._coordinator.request_rejoin()  # noqa: SLF001  (see above)
