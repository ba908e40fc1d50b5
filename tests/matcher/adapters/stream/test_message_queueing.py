"""How the consumer queues messages: at once, and with turns for the agents in between."""

import asyncio
import sys
from typing import Any

import pytest

from services.matcher.adapters.stream.consumer import BURST, Consumer
from services.matcher.adapters.stream.transport import App, Transport

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="no task begins at once there")


@pytest.fixture
async def consumer() -> Consumer:
    app = App("app", broker="kafka://localhost:1")

    async def nothing(*_args: object) -> None:
        """Nobody listens."""

    return Consumer(
        Transport(app.conf.broker_consumer, app),
        callback=nothing,
        on_partitions_revoked=nothing,
        on_partitions_assigned=nothing,
        loop=asyncio.get_running_loop(),
    )


async def queue(consumer: Consumer, queued: list[int], number: int) -> None:
    """Queue a message as Faust does: until that is done, or the flow is suspended."""

    async def put() -> None:
        queued.append(number)

    await consumer.wait_first(put(), consumer.suspend_flow.wait())


async def test_a_burst_is_queued_in_one_turn_of_the_loop(consumer: Consumer) -> None:
    turns, queued = list[int](), list[int]()
    asyncio.get_running_loop().call_soon(turns.append, 1)

    for number in range(BURST - 1):
        await queue(consumer, queued, number)

    assert (len(queued), turns) == (BURST - 1, [])


async def test_an_agent_has_a_turn_for_each_message_of_a_burst(consumer: Consumer) -> None:
    queued, taken = list[int](), list[int]()

    async def take() -> None:
        while True:
            await asyncio.sleep(0)
            taken.append(len(queued))

    agent = asyncio.create_task(take())
    for number in range(BURST):
        await queue(consumer, queued, number)

    assert len(taken) >= BURST - 1
    agent.cancel()


async def test_what_has_to_wait_is_given_up_when_the_flow_is_suspended(consumer: Consumer) -> None:
    left = list[Any]()

    async def put() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append("the queue")

    waiting = asyncio.create_task(consumer.wait_first(put(), consumer.suspend_flow.wait()))
    await asyncio.sleep(0)
    consumer.suspend_flow.set()
    await waiting
    await asyncio.sleep(0)

    assert left == ["the queue"]


async def test_what_has_to_wait_is_waited_for(consumer: Consumer) -> None:
    room, queued = asyncio.Event(), list[int]()

    async def put() -> None:
        await room.wait()
        queued.append(1)

    waiting = asyncio.create_task(consumer.wait_first(put(), consumer.suspend_flow.wait()))
    await asyncio.sleep(0)
    assert not queued
    room.set()
    await waiting

    assert queued == [1]


async def test_a_failure_to_queue_is_raised(consumer: Consumer) -> None:
    async def put() -> None:
        raise ValueError("no such channel")

    with pytest.raises(ValueError, match="no such channel"):
        await consumer.wait_first(put(), consumer.suspend_flow.wait())
