"""The start of the matcher: it waits for what is absent, says so, and ends when it is asked to."""

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from services.matcher.adapters.topics.cluster import KafkaAbsent, KafkaUnusable
from services.matcher.app.serving import find_in_kafka
from services.telemetry import Health

AWAY = "no Kafka answers at kafka:9092"


@dataclass
class FakeKafka:
    """Raises its faults one after the other; then all is there. Notes what health said."""

    health: Health
    faults: list[Exception]
    said: list[str | None] = field(default_factory=list)

    async def prepare(self) -> str:
        check = self.health.checks.get("kafka")
        self.said.append(check() if check else None)
        if self.faults:
            raise self.faults.pop(0)
        return "found"


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_what_is_absent_is_waited_for_and_readiness_says_what_it_is(
    loop: asyncio.AbstractEventLoop,
) -> None:
    kafka = FakeKafka(Health(), [KafkaAbsent(AWAY), KafkaAbsent("topic events is missing")])

    found = find_in_kafka(loop, kafka.prepare, kafka.health, again_seconds=0)

    assert found == "found"
    assert kafka.said == [None, AWAY, "topic events is missing"]


def test_where_waiting_does_not_help_the_start_fails(loop: asyncio.AbstractEventLoop) -> None:
    kafka = FakeKafka(Health(), [KafkaUnusable("user a or its password is wrong")])

    with pytest.raises(KafkaUnusable, match="password"):
        find_in_kafka(loop, kafka.prepare, kafka.health)


def test_a_signal_ends_the_wait(loop: asyncio.AbstractEventLoop) -> None:
    kafka = FakeKafka(Health(), [KafkaAbsent(AWAY)])
    loop.call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)

    with pytest.raises(asyncio.CancelledError):
        find_in_kafka(loop, kafka.prepare, kafka.health, again_seconds=60)
