"""The consumer's thread: how long Kafka may keep a fetch open, and what it tells of itself.

Faust fixes that wait at 1.5 seconds. Apache Kafka answers as soon as it has a message. The embedded
broker looks only when half of that time is over, so every hop would cost up to 0.75 seconds there.
"""

from typing import Any, cast

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.coordinator import Coordinator


class FetchingThread(AIOKafkaConsumerThread):
    """Faust's consumer thread, with the app's wait, session and watchdog."""

    async def on_start(self) -> None:
        """Connect; the group is joined later."""
        app = cast("Any", self.app)
        app.watchdog.watch(self.thread_loop)
        await super().on_start()
        Coordinator.adopt(cast("Any", self._consumer)._coordinator, app.session)  # noqa: SLF001

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        wait_ms = cast("Any", self.app).fetch_wait_ms
        consumer._fetch_max_wait_ms = wait_ms  # noqa: SLF001  (Faust passes no setting on to it)
        return consumer


class FetchingConsumer(Consumer):
    """Our consumer, in such a thread."""

    def _new_consumer_thread(self) -> FetchingThread:
        return FetchingThread(self, loop=self.loop, beacon=self.beacon)
