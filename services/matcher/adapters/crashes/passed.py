"""Passed crashes: what the rules topic no longer needs to name, since it is committed."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from faust.types import TP

from schemas.crash import CrashRecord
from schemas.topics import RULES
from services import telemetry
from services.matcher.adapters.crashes.set_aside import CrashRecords
from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.codec import encode_crash_record
from services.matcher.adapters.topics.record_sender import RecordSender
from services.matcher.domain.crashes.lethal import are_passed

log = telemetry.logger(__name__)

PERIOD_SECONDS = 1.0
COPY_SECONDS = 30.0
"""Within this time a worker has sent again what the one before had not committed."""


@dataclass(frozen=True, slots=True)
class PassedCrashes:
    """Clears the records of partitions whose named messages are committed, with their copies.

    Copies are sent soon after a worker has ended, so they are before the `_ends` of partitions some
    time after the messages themselves were passed. Nothing is cleared while a partition
    `is_backfilling`, for its messages are read again.
    """

    records: CrashRecords
    sender: RecordSender
    is_backfilling: Callable[[TP], bool] = lambda _partition: False
    clock: Callable[[], float] = time.monotonic
    _passed_at: dict[TP, float] = field(default_factory=dict)
    _ends: dict[TP, int] = field(default_factory=dict)

    async def clear(self, committed: Mapping[TP, int], end: Callable[[TP], int | None]) -> None:
        """Clear what is passed; `committed` and `end` have offsets of the partitions owned."""
        for tp, offset in committed.items():
            known = self.records.crashes(tp.topic, tp.partition)
            if not known or not are_passed(known, offset) or self.is_backfilling(tp):
                self._passed_at.pop(tp, None)
                self._ends.pop(tp, None)
            elif self.clock() - self._passed_at.setdefault(tp, self.clock()) < COPY_SECONDS:
                continue
            elif offset >= self._ends.setdefault(tp, end(tp) or 0):
                record = encode_crash_record(CrashRecord(topic=tp.topic, partition=tp.partition))
                await self.sender.send(RULES, record)

    async def run(self, app: App) -> None:
        """Do so every second while the app owns partitions."""
        while not app.should_stop:
            try:
                consumer = app.consumer
                if app.settled and isinstance(consumer, Consumer):
                    await self.clear(consumer.committed(), consumer.highwater)
            except Exception as error:
                log.exception("crash records cannot be cleared")
                await crash_and_park(app, error)
            await asyncio.sleep(PERIOD_SECONDS)
