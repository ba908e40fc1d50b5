"""Agents: the loops that take messages from Faust, and that no exception leaves."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from faust.types import Message, StreamT, TopicT
from prometheus_client import Histogram

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.records import ConsumerRecord

log = telemetry.logger(__name__)

SLOW_SECONDS = 1.0
NAMED_EVERY_SECONDS = 1.0

ProcessMessage = Callable[[ConsumerRecord], Awaitable[None]]


def add_agent(app: App, name: str, topic: TopicT, process: ProcessMessage) -> None:
    """Have `process` called with every message of the topic, one at a time.

    A message is acknowledged when `process` returns. Faust would also acknowledge a message on
    which the loop raises, and lose it: so the process ends instead, in front of the message.
    """
    hops = Hops(metrics.HOP_SECONDS.labels(topic.get_topic_name()))

    async def loop(stream: StreamT[bytes]) -> None:
        async for event in stream.events():
            try:
                await process(event.message)
                app.processed[event.message.tp] = event.message.timestamp
                hops.observe(event.message, time.time())
            except Exception as error:
                log.exception("a message cannot be processed", agent=name)
                await crash_and_park(app, error)

    app.agent(topic, name=name, concurrency=1)(loop)


@dataclass(slots=True)
class Hops:
    """How long messages of a topic were on their way: from Kafka to the end of their processing.

    Of the slow ones one a second is named in an exemplar: to name all of a backlog would delay it.
    """

    seconds: Histogram
    _named: float = field(default=0.0, init=False)

    def observe(self, message: Message, now: float) -> None:
        """A message has been processed now."""
        seconds = max(0.0, now - message.timestamp)
        if seconds < SLOW_SECONDS or now - self._named < NAMED_EVERY_SECONDS:
            self.seconds.observe(seconds)
        else:
            self._named = now
            place = {"partition": str(message.partition), "offset": str(message.offset)}
            self.seconds.observe(seconds, place)
