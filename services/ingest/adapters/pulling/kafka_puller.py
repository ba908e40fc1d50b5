"""Reads somebody's topic; its offsets are committed behind our own messages."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.pulling.reports import split_items
from services.ingest.domain.sources.kafka_messages import ForeignMessage, KafkaItemReader

READING_SECONDS = 8.0
"""After which the worker looks whether it is to stop; shorter than what it grants at its end."""


class MessageReader(Protocol):
    """A topic that is open; its methods block, and raise FetchFailed."""

    def poll(self) -> Sequence[ForeignMessage]:
        """The next messages; none after a while without any."""

    def commit(self, messages: Sequence[ForeignMessage]) -> None:
        """They are read, and all before them."""

    def close(self) -> None:
        """Close it."""


@dataclass(frozen=True, slots=True)
class KafkaPuller:
    """Implements Puller; how far the topic is read is known by its own Kafka."""

    open: Callable[[], MessageReader]
    reader: KafkaItemReader
    seconds: float = READING_SECONDS
    clock: Callable[[], float] = time.monotonic

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """As Puller says, for `seconds`; what was stored is committed before more is read."""
        del position
        loop, ends = asyncio.get_running_loop(), self.clock() + self.seconds
        # a thread of its own: whoever waits for a broker keeps no other source waiting
        with _open_thread() as thread:
            topic = await loop.run_in_executor(thread, self.open)
            try:
                while self.clock() < ends:
                    messages = await loop.run_in_executor(thread, topic.poll)
                    if messages:
                        items = [each for one in messages for each in self.reader.read_message(one)]
                        yield split_items(items, messages[-1].place)
                        await loop.run_in_executor(thread, topic.commit, messages)
            finally:
                thread.submit(topic.close)


@contextmanager
def _open_thread() -> Iterator[ThreadPoolExecutor]:
    """A thread that ends behind its last job; nobody waits for it."""
    thread = ThreadPoolExecutor(1, "topic")
    try:
        yield thread
    finally:
        thread.shutdown(wait=False)
