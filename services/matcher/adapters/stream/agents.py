"""Agents: the loops that take messages from Faust, and that no exception leaves."""

import time
from collections.abc import Awaitable, Callable

import faust
from faust.types import Message, StreamT, TopicT

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.topics.records import ConsumerRecord

log = telemetry.logger(__name__)

ProcessMessage = Callable[[ConsumerRecord], Awaitable[None]]


def add_agent(app: faust.App, name: str, topic: TopicT, process: ProcessMessage) -> None:
    """Have `process` called with every message of the topic, one at a time.

    A message is acknowledged when `process` returns. Faust would also acknowledge a message on
    which the loop raises, and lose it: so the process ends instead, in front of the message.
    """

    async def loop(stream: StreamT[bytes]) -> None:
        async for event in stream.events():
            try:
                await process(event.message)
                _measure(event.message)
            except Exception as error:
                log.exception("a message cannot be processed", agent=name)
                await crash_and_park(app, error)

    app.agent(topic, name=name, concurrency=1)(loop)


def _measure(message: Message) -> None:
    """How long ago the message was written that has been processed."""
    topic, partition = message.topic, str(message.partition)
    metrics.PROCESSED.labels(topic, partition).set(message.timestamp)
    metrics.HOP_SECONDS.labels(topic).observe(
        max(0.0, time.time() - message.timestamp),
        {"partition": partition, "offset": str(message.offset)},
    )
