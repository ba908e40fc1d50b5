"""The watchdog's timer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.ingest.adapters import metrics
from services.ingest.domain.ports import Publisher, Unavailable
from services.ingest.domain.watchdog import watchdog_messages


@dataclass(frozen=True, slots=True)
class WatchdogSender:
    """Publishes the watchdog's reports; what does not get through is not sent again."""

    publisher: Publisher
    now: Callable[[], datetime]

    async def beat(self) -> None:
        """One report into every partition; returns when Kafka has them, or does not take them."""
        try:
            taken = await self.publisher.publish(
                watchdog_messages(self.publisher.partitions, self.now())
            )
        except Unavailable:
            taken = [False]
        metrics.BEATS.labels("acknowledged" if taken and all(taken) else "failed").inc()

    async def run(self, seconds: float) -> None:
        """A beat every `seconds`, the first after so long; until it is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await self.beat()
