"""Events and their stories, in bounded time; without that Redis events have no story."""

import asyncio
from collections.abc import Mapping, MutableMapping, Sequence

from services.ingest.adapters import metrics
from services.ingest.domain.normalize import StoredEvent, add_story
from services.ingest.domain.ports import StoriesUnavailable, StoryIndex
from services.ingest.domain.stories.report import StoryReport, find_report
from services.telemetry import logger

WAIT_SECONDS = 0.25
"""How long a request waits for one step, after which it is answered without stories."""
CHECK_SECONDS = 1.0
AT_ONCE = 50
"""Events whose stories are asked for in one step: others are served between two steps."""
NOTE = "stories"
UNSET = "none are found: VEDETTE_STORIES_REDIS_URL is not set"
"""The note where there is no index at all."""

log = logger(__name__)


class Clustering:
    """Finds stories while the index answers in time; a note of `/readyz` says when it does not.

    After a fault no request waits for it, until a check in the background succeeds.
    """

    def __init__(
        self,
        index: StoryIndex,
        notes: MutableMapping[str, str],
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """Does not ask the index yet; `notes` are those of `/readyz`."""
        self._index = index
        self._notes = notes
        self._wait_seconds = wait_seconds
        notes[NOTE] = "not checked yet"

    async def add_stories(self, events: Sequence[StoredEvent]) -> list[StoredEvent]:
        """The events in order, each with its story where one can be found in time."""
        clustered: list[StoredEvent] = []
        with metrics.STORY_SECONDS.time():
            try:
                for start in range(0, len(events), AT_ONCE):
                    async with asyncio.timeout(self._wait_seconds):
                        clustered += await self._add_to(events[start : start + AT_ONCE])
            except (StoriesUnavailable, TimeoutError) as error:
                self._set_fault(self._describe(error))
        rest = events[len(clustered) :]
        metrics.STORIES.labels("unavailable").inc(len(rest))
        return [*clustered, *rest]

    async def run(self, seconds: float = CHECK_SECONDS) -> None:
        """Check the index every `seconds`, at once for the first time; until it is cancelled."""
        while True:
            await self.check()
            await asyncio.sleep(seconds)

    async def check(self) -> None:
        """Ask the index whether it can be used, and have the note say so."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._index.check()
        except (StoriesUnavailable, TimeoutError) as error:
            self._set_fault(self._describe(error))
        else:
            self._set_fault(None)

    async def _add_to(self, events: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
        if (fault := self._notes.get(NOTE)) is not None:
            raise StoriesUnavailable(fault)
        reports = {
            position: report
            for position, stored in enumerate(events)
            if (report := find_report(stored.event)) is not None
        }
        stories = await self._index.assign(list(reports.values()))
        found = dict(zip(reports, stories, strict=True))
        _count(reports, found, len(events))
        return [
            add_story(stored, found[position]) if position in found else stored
            for position, stored in enumerate(events)
        ]

    def _describe(self, error: Exception) -> str:
        return str(error) or f"no answer within {self._wait_seconds:g} s"

    def _set_fault(self, fault: str | None) -> None:
        known = self._notes.get(NOTE)
        metrics.STORIES_UP.set(fault is None)
        if fault is None:
            self._notes.pop(NOTE, None)
        else:
            self._notes[NOTE] = fault
        if (known is None) != (fault is None):
            log.info("stories are found" if fault is None else "no stories", fault=fault)


def _count(reports: Mapping[int, StoryReport], found: Mapping[int, str], events: int) -> None:
    founded = sum(found[position] == report.own_story for position, report in reports.items())
    metrics.STORIES.labels("founded").inc(founded)
    metrics.STORIES.labels("joined").inc(len(reports) - founded)
    metrics.STORIES.labels("skipped").inc(events - len(reports))
