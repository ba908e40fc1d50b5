"""From decoded reports to results: normalize each, publish the events, wait for Kafka."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.ingest.adapters import metrics
from services.ingest.adapters.clustering import Clustering
from services.ingest.adapters.event_store import EventStore
from services.ingest.adapters.group_commit import GroupCommit
from services.ingest.adapters.language import DetectLanguage
from services.ingest.domain.normalize import ReportContext, StoredEvent, add_language, normalize
from services.ingest.domain.ports import Publisher
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import ReportResult, ReportStatus, skip
from services.tracing import current_trace, inner_span

AT_ONCE = 50


@dataclass(slots=True)
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
    _storing: GroupCommit = field(init=False)

    def __post_init__(self) -> None:
        """Requests of the same moment are stored together."""
        self._storing = GroupCommit(EventStore(self.publisher, self.clustering).store)

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
            outcomes: Sequence[ReportResult] = [skip(stored.event) for stored in events]
        else:
            outcomes = await self._store(events) if events else []
        taken = iter(outcomes)
        results = [
            report if isinstance(report, ReportResult) else next(taken) for report in reports
        ]
        metrics.count_results(results)
        if any(result.status is ReportStatus.ACCEPTED for result in results):
            self.last_seen.note(reporter.source or "", context.now)
        return results

    async def _store(self, events: Sequence[StoredEvent]) -> Sequence[ReportResult]:
        with inner_span("publish", **_name_events(events)):
            trace = current_trace()
            return await self._storing.store([replace(event, trace=trace) for event in events])

    async def _normalize_all(
        self, items: Sequence[Any], context: ReportContext
    ) -> list[StoredEvent | ReportResult]:
        reports: list[StoredEvent | ReportResult] = []
        for start in range(0, len(items), AT_ONCE):
            if start:
                await asyncio.sleep(0)  # one long request must not hold up the short ones
            reports += [self._normalize(item, context) for item in items[start : start + AT_ONCE]]
        return reports

    def _normalize(self, item: Any, context: ReportContext) -> StoredEvent | ReportResult:
        report = normalize(item, context)
        if self.detect_language is None or isinstance(report, ReportResult):
            return report
        if report.event.language is not None:
            return report
        language = self.detect_language(f"{report.event.title or ''} {report.event.text or ''}")
        return add_language(report, language) if language else report


def _name_events(events: Sequence[StoredEvent]) -> dict[str, str]:
    """The one event, or how many: each of several is named where its rules are evaluated."""
    if len(events) > 1:
        return {"events": str(len(events))}
    return {"event_id": events[0].event.id}
