"""The watchdog's timer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.ingest.adapters import metrics
from services.ingest.domain.ports import Publisher, Unavailable
from services.ingest.domain.watchdog import watchdog_messages
from services.metrics import replace_series


@dataclass(frozen=True, slots=True)
class WatchdogSender:
    """Publishes the watchdog's reports; a report that does not get through is not sent again."""

    publisher: Publisher
    now: Callable[[], datetime]

    async def send(self) -> None:
        """Send one report to every partition and wait until Kafka acknowledges or refuses them."""
        partitions, now = self.publisher.partitions, self.now()
        sent_to: dict[tuple[str, ...], float] = {
            (str(partition),): now.timestamp() for partition in range(partitions)
        }
        replace_series(metrics.WATCHDOG_SENT, sent_to)
        try:
            acknowledged = await self.publisher.publish(watchdog_messages(partitions, now))
        except Unavailable:
            acknowledged = [False]
        is_acknowledged = bool(acknowledged) and all(acknowledged)
        metrics.WATCHDOG.labels("acknowledged" if is_acknowledged else "failed").inc()

    async def run(self, seconds: float) -> None:
        """Send every `seconds`, the first time after as long; until it is cancelled."""
        metrics.WATCHDOG_INTERVAL.set(seconds)
        while True:
            await asyncio.sleep(seconds)
            await self.send()
