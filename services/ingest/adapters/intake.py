"""From decoded reports to results: normalize each, publish the events, wait for Kafka."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.ingest.adapters import metrics
from services.ingest.adapters.clustering import Clustering
from services.ingest.adapters.language import DetectLanguage
from services.ingest.domain.batch import batch_events
from services.ingest.domain.normalize import ReportContext, StoredEvent, add_language, normalize
from services.ingest.domain.ports import Publisher, Unavailable
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import (
    ReportResult,
    ReportStatus,
    accept,
    leave_unacknowledged,
    skip,
)

NOT_ACKNOWLEDGED = "Kafka did not acknowledge it in time: send it again"
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes reports; `now` is the wall's time, `recorded` whether the recorded clock counts.

    `clustering` finds their stories, and `detect_language` the language of those that do not name
    it, if these are found at all.
    """

    publisher: Publisher
    now: Callable[[], datetime]
    recorded: bool = False
    clustering: Clustering | None = None
    detect_language: DetectLanguage | None = None
    last_seen: metrics.LastSeen = field(default_factory=metrics.LastSeen)

    async def take(
        self, items: Sequence[Any], reporter: Reporter, *, strict: bool = False
    ) -> list[ReportResult]:
        """The result of each report, in order; accepted means acknowledged by Kafka.

        `strict`: none is taken if any is refused.
        """
        context = ReportContext(reporter, self.now(), self.recorded)
        reports = await self._normalize_all(items, context)
        events = [report for report in reports if isinstance(report, StoredEvent)]
        if strict and len(events) < len(reports):
            outcomes = [skip(stored.event) for stored in events]
        else:
            outcomes = await self._publish(events) if events else []
        taken = iter(outcomes)
        results = [
            report if isinstance(report, ReportResult) else next(taken) for report in reports
        ]
        metrics.count_results(results)
        if any(result.status is ReportStatus.ACCEPTED for result in results):
            self.last_seen.note(reporter.source or "", context.now)
        return results

    async def _normalize_all(
        self, items: Sequence[Any], context: ReportContext
    ) -> list[StoredEvent | ReportResult]:
        reports: list[StoredEvent | ReportResult] = []
        for start in range(0, len(items), AT_ONCE):
            reports += [self._normalize(item, context) for item in items[start : start + AT_ONCE]]
            await asyncio.sleep(0)  # one long request must not hold up the short ones
        return reports

    def _normalize(self, item: Any, context: ReportContext) -> StoredEvent | ReportResult:
        report = normalize(item, context)
        if self.detect_language is None or isinstance(report, ReportResult):
            return report
        if report.event.language is not None:
            return report
        language = self.detect_language(f"{report.event.title or ''} {report.event.text or ''}")
        return add_language(report, language) if language else report

    async def _publish(self, events: Sequence[StoredEvent]) -> list[ReportResult]:
        if self.clustering is not None:
            events = await self.clustering.add_stories(events)
        try:
            messages = batch_events(events, self.publisher.partition_of)
            acknowledgements = await self.publisher.publish(messages)
        except Unavailable as error:
            return [leave_unacknowledged(stored.event, str(error)) for stored in events]
        acknowledged = {
            position
            for message, is_acknowledged in zip(messages, acknowledgements, strict=True)
            if is_acknowledged
            for position in message.positions
        }
        return [
            accept(stored.event)
            if position in acknowledged
            else leave_unacknowledged(stored.event, NOT_ACKNOWLEDGED)
            for position, stored in enumerate(events)
        ]
