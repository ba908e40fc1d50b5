"""Unreadable items: dead letters up to a limit for each publisher, counted beyond it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schemas.alert import Evidence
from schemas.duty import SOURCE_UNREADABLE, make_duty_hit
from schemas.signal import Signal
from services.matcher.adapters import metrics
from services.matcher.adapters.topics.codec import Poison
from services.matcher.adapters.topics.record_sender import RecordSender, dead_letter
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.duty.publisher import UNKNOWN, find_publisher

WHERE = "detect"
LIMIT = 100
PERIOD = timedelta(minutes=5)
MOST_PUBLISHERS = 10_000
"""Publishers counted in one period: an unreadable item may name any. The others share a count."""


@dataclass(slots=True)
class UnreadableItems:
    """Sends unreadable items to the dead letters: `limit` of each publisher in each period.

    Beyond the limit items are only counted. `counts` has the items of the period since `began`.
    """

    sender: RecordSender
    limit: int = LIMIT
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    began: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)

    async def take(self, item: Poison, message: ConsumerRecord) -> Signal | None:
        """Send the item to the dead letters, or count it.

        The first item beyond the limit in a period is a signal for the duty alert, to be sent.
        """
        publisher = self._count(find_publisher(item.raw, message.key))
        if self.counts[publisher] <= self.limit:
            await dead_letter(self.sender, message, item.raw, item.reason, WHERE)
            return None
        metrics.UNREADABLE_SUPPRESSED.labels(publisher).inc()
        is_first = self.counts[publisher] == self.limit + 1
        return _limit_signal(publisher, item.reason, message, self.now()) if is_first else None

    def _count(self, publisher: str) -> str:
        """Add one to a publisher's count; returns the name that it is counted under."""
        now = self.now()
        if self.began is None or now - self.began >= PERIOD:
            self.began = now
            self.counts.clear()
        if publisher not in self.counts and len(self.counts) >= MOST_PUBLISHERS:
            publisher = UNKNOWN
        self.counts[publisher] += 1
        return publisher


def _limit_signal(publisher: str, reason: str, message: ConsumerRecord, now: datetime) -> Signal:
    position = f"{message.topic}/{message.partition}@{message.offset}"
    evidence = Evidence(
        event_id=position,
        source=publisher,
        occurred_at=now,
        recorded_at=now,
        title=f"unreadable: {position}",
        excerpt=reason,
    )
    return make_duty_hit(SOURCE_UNREADABLE, {"source": publisher}, evidence)
