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
    """Publishes the watchdog's reports; a report that does not get through is not sent again."""

    publisher: Publisher
    now: Callable[[], datetime]

    async def send(self) -> None:
        """Send one report to every partition and wait until Kafka acknowledges or refuses them."""
        try:
            acknowledged = await self.publisher.publish(
                watchdog_messages(self.publisher.partitions, self.now())
            )
        except Unavailable:
            acknowledged = [False]
        is_acknowledged = bool(acknowledged) and all(acknowledged)
        metrics.WATCHDOG.labels("acknowledged" if is_acknowledged else "failed").inc()

    async def run(self, seconds: float) -> None:
        """Send every `seconds`, the first time after as long; until it is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await self.send()
