"""The messages in hand: which message each task of the event loop processes."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.matcher.adapters.topics.codec import EventsItem, decode_events, is_batch
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.crashes.lethal import HeldMessage


@dataclass(slots=True)
class InHand:
    """Written by tasks of one loop, read in any thread."""

    _by_task: dict[asyncio.Task[Any] | None, tuple[ConsumerRecord, int | None]] = field(
        default_factory=dict
    )

    _loop: asyncio.AbstractEventLoop | None = None

    def hold(self, message: ConsumerRecord, item: int | None = None) -> None:
        """The current task processes the message, or this item of it, until it says otherwise."""
        self._loop = asyncio.get_running_loop()
        self._by_task[asyncio.current_task()] = (message, item)

    def hold_items(self, message: ConsumerRecord) -> Iterator[tuple[int, EventsItem]]:
        """The items of a message of the events topic by number, each in hand when it comes."""
        self.hold(message)
        in_batch, task = is_batch(message), asyncio.current_task()
        for number, item in enumerate(decode_events(message)):
            if in_batch:
                self._by_task[task] = (message, number)
            yield number, item

    def release(self) -> None:
        """The current task processes no message."""
        self._by_task.pop(asyncio.current_task(), None)

    def find_running(self, loop: asyncio.AbstractEventLoop | None = None) -> HeldMessage | None:
        """The message of the task that `loop` executes now; one that waits is not running.

        `loop` None: that in which messages were held last.
        """
        loop = loop or self._loop
        held = None if loop is None else self._by_task.get(asyncio.current_task(loop))
        return None if held is None else _describe(*held)

    def list_held(self) -> Sequence[HeldMessage]:
        """All messages in hand, also of tasks that wait."""
        return [_describe(*held) for held in list(self._by_task.values())]


def _describe(message: ConsumerRecord, item: int | None) -> HeldMessage:
    return HeldMessage(message.topic, message.partition, message.offset, item, message.value)
