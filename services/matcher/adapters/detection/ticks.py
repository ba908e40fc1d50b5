"""Ticks: the time, written into each events partition so that it cannot overtake an event."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import inf
from typing import cast

from aiokafka.structs import RecordMetadata

from schemas.tick import Tick
from schemas.topics import EVENTS
from services import telemetry
from services.clock_skew import APPEND_TIME, ClockSkew
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.cluster import KafkaCluster
from services.matcher.adapters.topics.codec import encode_tick
from services.matcher.adapters.topics.record_sender import RecordSender
from services.matcher.adapters.topics.records import ConsumerRecord

log = telemetry.logger(__name__)


def is_ahead(tick: Tick, message: ConsumerRecord, most: float) -> bool:
    """Whether the tick was more than so many seconds ahead of Kafka's clock when it came there.

    Time would overtake what it judges: alerts would end, and sources be silent, too early. A tick
    that is behind only delays that.
    """
    ahead = tick.time.timestamp() - message.timestamp
    return message.timestamp_type == APPEND_TIME and ahead > most


@dataclass(frozen=True, slots=True)
class Ticker:
    """Writes ticks into the events topic, whose full name is `topic`.

    `clock` gives their time, or None while there is none yet. Kafka's answers go to `skew`: a clock
    that is wrong goes on ticking, so that it is known when it is right again.
    """

    sender: RecordSender
    clock: Callable[[], datetime | None]
    topic: str
    skew: ClockSkew = field(default_factory=lambda: ClockSkew(inf))
    wall: Callable[[], float] = time.time

    async def tick(self, owned: Iterable[int], partitions: int) -> None:
        """One tick into each of the events partitions `owned`, of `partitions` in all."""
        at = self.clock()
        if at is None:
            return
        for partition in owned:
            tick = Tick(time=at, partition=partition, partitions=partitions)
            sent = self.wall()
            answer = await self.sender.send(EVENTS, encode_tick(tick, partition))
            asyncio.ensure_future(answer).add_done_callback(partial(self._measure, sent))

    def _measure(self, sent: float, answer: asyncio.Future[object]) -> None:
        if answer.cancelled() or answer.exception() is not None:
            return
        metadata = cast("RecordMetadata", answer.result())
        if metadata.timestamp_type == APPEND_TIME:
            self.skew.note_sent(sent, metadata.timestamp / 1000, self.wall())

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
