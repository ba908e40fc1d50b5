"""Passed crashes: what the rules topic no longer needs to name, since it is committed."""

import asyncio
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


@dataclass(frozen=True, slots=True)
class PassedCrashes:
    """Clears the records of partitions whose named messages are committed, with their copies.

    Copies were sent by workers that have ended, so they are before the `_ends` of partitions when
    the messages themselves were passed.
    """

    records: CrashRecords
    sender: RecordSender
    _ends: dict[TP, int] = field(default_factory=dict)

    async def clear(self, committed: Mapping[TP, int], end: Callable[[TP], int | None]) -> None:
        """Clear what is passed; `committed` and `end` have offsets of the partitions owned."""
        for tp, offset in committed.items():
            known = self.records.crashes(tp.topic, tp.partition)
            if not known or not are_passed(known, offset):
                self._ends.pop(tp, None)
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
