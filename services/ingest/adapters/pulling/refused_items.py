"""Refused reports of sources that are fetched: dead letters up to a limit for each source."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.ingest.adapters import metrics
from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.ports import Publisher, Unavailable
from services.ingest.domain.pulling.dead_letter import (
    REFUSED_ITEM,
    WHERE,
    dead_letter_headers_of,
    encode_dead_letter,
)
from services.ingest.domain.result import ReportResult
from services.metrics import DEAD_LETTERS, show_dead_letters
from services.telemetry import logger

LIMIT = 100
PERIOD = timedelta(minutes=5)

log = logger(__name__)


@dataclass(slots=True)
class RefusedItems:
    """Sends refused reports to the topic that `publisher` writes: `limit` a source and period.

    Those beyond the limit, and those that Kafka does not take, are counted: no source waits for it.
    """

    publisher: Publisher
    now: Callable[[], datetime]
    limit: int = LIMIT
    began: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)

    async def send(self, source: str, refused: Sequence[tuple[object, ReportResult]]) -> None:
        """Send reports of a source, each with its refusal."""
        sent = refused[: self._take(source, len(refused))]
        values = [encode_dead_letter(source, *each) for each in sent]
        acknowledged = await self._publish(source, values) if values else 0
        DEAD_LETTERS.labels(WHERE, REFUSED_ITEM).inc(acknowledged)
        metrics.REFUSED_SUPPRESSED.labels(source).inc(len(refused) - acknowledged)

    def _take(self, source: str, count: int) -> int:
        """How many of so many more may be sent in this period."""
        now = self.now()
        if self.began is None or now - self.began >= PERIOD:
            self.began = now
            self.counts.clear()
        left = max(0, self.limit - self.counts[source])
        self.counts[source] += count
        return min(count, left)

    async def _publish(self, source: str, values: Sequence[bytes]) -> int:
        key, headers = source.encode(), dead_letter_headers_of(source)
        try:
            partition = self.publisher.partition_of(key)
            messages = [EventsMessage(partition, key, value, headers, ()) for value in values]
            return sum(await self.publisher.publish(messages))
        except Unavailable as error:
            log.warning("no dead letters", source=source, error=str(error))
            return 0


show_dead_letters(WHERE, REFUSED_ITEM)
