"""How long Kafka may keep a fetch open, which Faust fixes at 1.5 seconds.

Apache Kafka answers as soon as it has a message. The embedded broker looks only when half of that
time is over, so every hop would cost up to 0.75 seconds there.
"""

from typing import Any, cast

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from services.matcher.adapters.consumer import Consumer


class FetchingThread(AIOKafkaConsumerThread):
    """Faust's consumer thread, with the wait that the app names."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        wait_ms = cast("Any", self.app).fetch_wait_ms
        consumer._fetch_max_wait_ms = wait_ms  # noqa: SLF001  (Faust passes no setting on to it)
        return consumer


class FetchingConsumer(Consumer):
    """Our consumer, in such a thread."""

    def _new_consumer_thread(self) -> FetchingThread:
        return FetchingThread(self, loop=self.loop, beacon=self.beacon)
