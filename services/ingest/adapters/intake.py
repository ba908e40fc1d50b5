"""From parsed reports to results: judge each, publish what passes, wait for Kafka."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.ingest.adapters import metrics
from services.ingest.domain.answer import ItemResult, result_of
from services.ingest.domain.batch import batch_events
from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.ports import Publisher, Unavailable
from services.ingest.domain.refusal import Refusal
from services.ingest.domain.reporter import Reporter

NOT_ACKNOWLEDGED = "Kafka did not acknowledge it in time: send it again"
AT_A_STRETCH = 200


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes reports; `now` is the wall's time, `recorded` whether the recorded clock counts."""

    publisher: Publisher
    now: Callable[[], datetime]
    recorded: bool = False

    async def take(self, items: Sequence[Any], identity: Reporter | None) -> list[ItemResult]:
        """What became of each item, in order; accepted means acknowledged by Kafka."""
        arrival = ReportContext(identity, self.now(), self.recorded)
        reports = await _judged(items, arrival)
        faults = await self._publish([one for one in reports if isinstance(one, StoredEvent)])
        results = [
            result_of(one, next(faults)) if isinstance(one, StoredEvent) else result_of(one)
            for one in reports
        ]
        metrics.count_results(results)
        return results

    async def _publish(self, events: Sequence[StoredEvent]) -> Iterator[str | None]:
        """For each event why it is not acknowledged, or None when it is."""
        if not events:
            return iter(())
        try:
            messages = batch_events(events, self.publisher.partition_of)
            acknowledged = await self.publisher.publish(messages)
        except Unavailable as error:
            return iter([str(error)] * len(events))
        faults: list[str | None] = [NOT_ACKNOWLEDGED] * len(events)
        for message, known in zip(messages, acknowledged, strict=True):
            for place in message.places:
                faults[place] = None if known else NOT_ACKNOWLEDGED
        return iter(faults)


async def _judged(items: Sequence[Any], arrival: ReportContext) -> list[StoredEvent | Refusal]:
    reports: list[StoredEvent | Refusal] = []
    for start in range(0, len(items), AT_A_STRETCH):
        reports += [normalize(item, arrival) for item in items[start : start + AT_A_STRETCH]]
        await asyncio.sleep(0)  # one long request must not hold up the short ones
    return reports
