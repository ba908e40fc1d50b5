"""One source, read again and again, as long as this worker has the lease."""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from services.counts import format_count
from services.ingest.adapters import metrics
from services.ingest.adapters.pulling.report_sink import ReportSink, describe
from services.ingest.domain.fetching.failure import FetchFailed
from services.ingest.domain.pulling.ports import (
    NotLeading,
    PositionStore,
    PositionsUnavailable,
    PulledReports,
    Puller,
)
from services.ingest.domain.pulling.schedule import find_delay
from services.ingest.domain.pulling.source_health import SourceHealth
from services.ingest.domain.result import ReportResult, ReportStatus
from services.telemetry import logger

POSITIONS_PAUSE = 1.0
BUG = "bug"

log = logger(__name__)


@dataclass(slots=True)
class SourceTask:
    """Reads `source` every `poll` seconds. What it raises is a lost lease, and nothing else.

    `health` is how it goes, for those who tell duty engineers.
    """

    source: str
    poll: float
    puller: Puller
    sink: ReportSink
    positions: PositionStore
    now: Callable[[], datetime]
    health: SourceHealth = field(default_factory=SourceHealth)

    async def run(self, stopping: asyncio.Event) -> None:
        """Read until `stopping`, beyond what is in flight.

        Raises:
            NotLeading: another worker may read now.
        """
        # sources that begin together do not ask together
        delay = find_delay(0.0, 0, min(self.poll, 1.0) * random.random(), 0.0)  # noqa: S311  (no secret)
        while not await is_set_within(stopping, delay):
            wait = await self.read_once()
            delay = find_delay(self.poll, self.health.failures, wait, random.random())  # noqa: S311  (no secret)

    async def read_once(self) -> float | None:
        """Read all that is new; returns for how long the server asked to be left alone, if it did.

        Raises:
            NotLeading: another worker may read now.
        """
        try:
            refused = await self._read()
        except FetchFailed as failed:
            self._fail(failed.reason.value, str(failed))
            return failed.wait
        except PositionsUnavailable as error:
            log.warning("no positions", source=self.source, error=str(error))
            return POSITIONS_PAUSE
        except NotLeading:
            raise
        except Exception:
            # the one broad edge: a bug with one source must not stop the others
            log.exception("reading failed", source=self.source)
            self._fail(BUG, "a bug of Vedette: see the log of the worker")
            return None
        metrics.PULLS.labels(self.source, "ok").inc()
        metrics.PULLED_AT.labels(self.source).set(self.now().timestamp())
        self.health = self.health.fail(refused) if refused else self.health.succeed()
        return None

    async def _read(self) -> str | None:
        """Read; returns what is wrong where every report was refused."""
        position = await self.positions.load(self.source)
        accepted, refusals = 0, list[str]()
        # closed in any case: a puller may hold connections
        async with aclosing(self.puller.pull(position)) as pulls:
            async for pulled in pulls:
                for result in await self._store(pulled):
                    accepted += result.status is ReportStatus.ACCEPTED
                    if result.status is ReportStatus.REFUSED:
                        refusals.append(describe(result))
        if accepted or not refusals:
            return None
        return f"all are refused of {format_count(len(refusals), 'report')}: {refusals[0]}"

    async def _store(self, pulled: PulledReports) -> list[ReportResult]:
        """Publish, and only then move the position: what is in between is published again."""
        results = await self.sink.publish(pulled.reports)
        await self.positions.save(self.source, pulled.position)
        metrics.PULLED.labels(self.source, "skipped").inc(pulled.skipped)
        return results

    def _fail(self, reason: str, fault: str) -> None:
        metrics.PULLS.labels(self.source, reason).inc()
        self.health = self.health.fail(fault)
        log.warning("cannot be fetched", source=self.source, reason=reason, fault=fault)


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set, at the latest after so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
