"""The consumer's thread, with the app's fetch wait, session and watchdog.

Faust has a fetch wait for 1.5 seconds. Apache Kafka answers as soon as it has a message. The
embedded broker looks only when half of that time is over, so every hop would cost up to 0.75
seconds there.
"""

from typing import Any, cast

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.coordinator import Coordinator


class ConsumerThread(AIOKafkaConsumerThread):
    """Faust's consumer thread, which reports to the session and is watched."""

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


class ThreadedConsumer(Consumer):
    """Our consumer, in such a thread."""

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)
