"""Ticks: the time, written into each events partition so that it cannot overtake an event."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.tick import Tick
from schemas.topics import EVENTS
from services import telemetry
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.cluster import KafkaCluster
from services.matcher.adapters.topics.codec import encode_tick
from services.matcher.adapters.topics.record_sender import RecordSender

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticker:
    """Writes ticks into the events topic, whose full name is `topic`.

    `clock` gives their time, or None while there is none yet.
    """

    sender: RecordSender
    clock: Callable[[], datetime | None]
    topic: str

    async def tick(self, owned: Iterable[int], partitions: int) -> None:
        """One tick into each of the events partitions `owned`, of `partitions` in all."""
        time = self.clock()
        if time is None:
            return
        for partition in owned:
            tick = Tick(time=time, partition=partition, partitions=partitions)
            await self.sender.send(EVENTS, encode_tick(tick, partition))

    async def run(self, app: App, cluster: KafkaCluster, seconds: float) -> None:
        """Tick every `seconds` into the partitions that this worker owns, while the app runs."""
        while not app.should_stop:
            try:
                if app.settled:
                    assignment = app.consumer.assignment()
                    owned = sorted(tp.partition for tp in assignment if tp.topic == self.topic)
                    await self.tick(owned, cluster.known_partitions(self.topic))
            except Exception as error:
                log.exception("no tick can be written")
                await crash_and_park(app, error)
            await asyncio.sleep(seconds)
