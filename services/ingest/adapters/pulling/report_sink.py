"""Reports of a source → Kafka, within the source's budget, until all are acknowledged."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.ingest.adapters import metrics
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.pulling.refused_items import RefusedItems
from services.ingest.domain.limits import BYTES_PER_SECOND, REPORTS_PER_SECOND, Allowance
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import ReportResult, ReportStatus
from services.telemetry import logger
from services.tracing import begin_span

MOST_AT_ONCE = 200
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LOGGED = 3

log = logger(__name__)

Reports = Sequence[dict[str, Any] | ReportResult]


@dataclass(slots=True)
class ReportSink:
    """Takes the reports of one source as HTTP takes those of a token; slower past its budget.

    `refused` gets those that are refused.
    """

    intake: Intake
    reporter: Reporter
    reports_per_second: float = REPORTS_PER_SECOND
    bytes_per_second: float = BYTES_PER_SECOND
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    refused: RefusedItems | None = None
    _allowance: Allowance | None = field(default=None, init=False)

    async def publish(self, reports: Reports) -> list[ReportResult]:
        """The result of each report, in order: accepted or refused.

        Waits for as long as Kafka takes nothing.
        """
        results: list[ReportResult] = []
        for chunk in _split(reports):
            await self._charge(chunk)
            with begin_span("receive", None, source=self.reporter.source or ""):
                results += await self._publish_chunk(chunk)
        self._count(results)
        await self._keep_refused(zip(reports, results, strict=True))
        return results

    async def _keep_refused(self, outcomes: Iterable[tuple[object, ReportResult]]) -> None:
        refused = [each for each in outcomes if each[1].status is ReportStatus.REFUSED]
        if self.refused is not None and refused:
            await self.refused.send(self.reporter.source or "", refused)

    async def _charge(self, chunk: Reports) -> None:
        size = sum(len(json.dumps(each, default=str)) for each in chunk if isinstance(each, dict))
        now = self.clock()
        allowance = self._allowance or Allowance.fill(
            self.reports_per_second, self.bytes_per_second, now
        )
        await self.sleep(allowance.find_wait(len(chunk), size, now))
        self._allowance = allowance.take(len(chunk), size, self.clock())

    async def _publish_chunk(self, chunk: Reports) -> list[ReportResult]:
        results = await self.intake.take(chunk, self.reporter)
        pause = FIRST_PAUSE
        while missing := [
            index
            for index, result in enumerate(results)
            if result.status is ReportStatus.UNACKNOWLEDGED
        ]:
            await self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            again = await self.intake.take([chunk[index] for index in missing], self.reporter)
            for index, result in zip(missing, again, strict=True):
                results[index] = result
        return results

    def _count(self, results: Sequence[ReportResult]) -> None:
        source = self.reporter.source or ""
        for result in results:
            metrics.PULLED.labels(source, result.status.value).inc()
        refused = [result for result in results if result.status is ReportStatus.REFUSED]
        for result in refused[:LOGGED]:
            log.warning("report refused", source=source, id=result.id, error=describe(result))
        if len(refused) > LOGGED:
            log.warning("more reports refused", source=source, count=len(refused) - LOGGED)


def describe(result: ReportResult) -> str:
    """What is wrong with a refused report."""
    return "; ".join(error.text for error in result.errors)


def _split(reports: Reports) -> Iterator[Reports]:
    for start in range(0, len(reports), MOST_AT_ONCE):
        yield reports[start : start + MOST_AT_ONCE]
