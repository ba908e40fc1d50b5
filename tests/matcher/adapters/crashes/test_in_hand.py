"""The messages in hand, by the task that processes them."""

import asyncio

from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.domain.crashes.lethal import HeldMessage
from tests.matcher.messages import Given, event, given

MESSAGE = Given(b"x", topic="events", partition=1, offset=7)


async def test_the_message_that_runs_is_that_of_the_current_task() -> None:
    in_hand = InHand()

    in_hand.hold(MESSAGE, 3)

    assert in_hand.find_running() == HeldMessage("events", 1, 7, 3)
    assert in_hand.find_running(asyncio.get_running_loop()) == HeldMessage("events", 1, 7, 3)


async def test_a_message_whose_task_waits_is_held_and_does_not_run() -> None:
    in_hand, released = InHand(), asyncio.Event()

    async def wait() -> None:
        in_hand.hold(MESSAGE)
        await released.wait()
        in_hand.release()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)

    assert in_hand.find_running() is None
    assert in_hand.list_held() == [HeldMessage("events", 1, 7)]
    released.set()
    await waiting
    assert in_hand.list_held() == []


async def test_in_another_loop_no_message_runs() -> None:
    in_hand, other = InHand(), asyncio.new_event_loop()

    in_hand.hold(MESSAGE)

    assert in_hand.find_running(other) is None
    other.close()


def test_before_the_first_message_none_runs() -> None:
    assert InHand().find_running() is None


async def test_the_items_of_a_batch_are_in_hand_one_after_the_other() -> None:
    in_hand, items = InHand(), list[int | None]()

    for _number, _item in in_hand.hold_items(given([event(id="e-1"), event(id="e-2")])):
        running = in_hand.find_running()
        items.append(running.item if running else -1)

    assert items == [0, 1]
