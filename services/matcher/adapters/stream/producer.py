"""Faust's producer, which here knows what Kafka has not acknowledged and what it refused."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from faust.transport.drivers.aiokafka import Producer as FaustProducer
from faust.types.tuples import FutureMessage, RecordMetadata

from services.matcher.adapters.stream.fence import FencedClient
from services.matcher.adapters.stream.session import Session


class Producer(FaustProducer):
    """Follows every message, table writes included, until Kafka answers."""

    session: Session
    """Nothing is sent after its end; set before the start."""

    on_refused: Callable[[BaseException], None] | None = None
    """Called once, on the loop, when Kafka has refused a message for good."""

    def __post_init__(self) -> None:
        """Begin with nothing in flight."""
        super().__post_init__()
        self._unacknowledged: set[asyncio.Future[RecordMetadata]] = set()
        self._refused = False

    def send_soon(self, fut: FutureMessage) -> None:
        """Queue a table write."""
        self._follow(fut)
        super().send_soon(fut)

    async def send(self, *args: Any, **kwargs: Any) -> Awaitable[RecordMetadata]:
        """Queue a message; the answer can be awaited.

        Raises:
            ProducerSendError: it is over the size limit.
        """
        future = asyncio.ensure_future(await super().send(*args, **kwargs))
        self._follow(future)
        return future

    def _new_producer(self, transactional_id: str | None = None) -> Any:
        producer = super()._new_producer(transactional_id)
        FencedClient.adopt(producer.client, self.session)
        return producer

    async def learn_topics(self, names: Iterable[str]) -> None:
        """Ask Kafka for the partitions of these topics, as the first message to each would.

        Raises:
            KafkaError: it does not answer.
        """
        for name in names:
            await self._ensure_producer().partitions_for(name)

    async def wait_acknowledged(self) -> bool:
        """Wait until Kafka has all that was sent so far; False if it never will."""
        waiting = set(self._unacknowledged)
        while waiting and not self.buffer.should_stop:
            _, waiting = await asyncio.wait(waiting, timeout=1)
        return not waiting and not self._refused

    def _follow(self, future: asyncio.Future[RecordMetadata]) -> None:
        self._unacknowledged.add(future)
        future.add_done_callback(self._note_answer)

    def _note_answer(self, future: asyncio.Future[RecordMetadata]) -> None:
        self._unacknowledged.discard(future)
        error = None if future.cancelled() else future.exception()
        if error is not None and not self._refused:
            self._refused = True
            if self.on_refused is not None:
                self.on_refused(error)
