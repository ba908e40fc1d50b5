"""The door through which Faust takes our consumer and our producer."""

import asyncio
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

import faust
from aiokafka.errors import ProducerClosed
from faust.transport.drivers.aiokafka import Transport as FaustTransport
from faust.types import TopicT
from faust.types.transports import ConsumerT, ProducerT, TransportT

from services.matcher.adapters.state.recovery import TableManager
from services.matcher.adapters.stream.crash import crash, stop_dead
from services.matcher.adapters.stream.fetch import FetchingConsumer
from services.matcher.adapters.stream.producer import Producer
from services.matcher.adapters.stream.session import Session
from services.matcher.adapters.stream.stuck import LoopWatchdog

SESSION_SECONDS = 6.0
COMMIT_SECONDS = 0.5


class Transport(FaustTransport):
    """aiokafka with the consumer and the producer of this package."""

    Consumer: ClassVar[type[ConsumerT]] = FetchingConsumer
    Producer: ClassVar[type[ProducerT]] = Producer


class App(faust.App):
    """A Faust app that builds its transport here and knows whether it has settled."""

    settled: bool = False
    """Whether the group gave it its share (maybe none) and its tables are recovered."""

    fetch_wait_ms: int = 500
    """How long Kafka may keep a fetch open when it has nothing."""

    watchdog: LoopWatchdog = LoopWatchdog()
    """What ends the process when a loop hangs."""

    _crashing: asyncio.Task[None] | None = None

    @cached_property
    def session(self) -> Session:
        """The standing of this worker in its group; the end of it is the end of the process."""
        lost = partial(stop_dead, "Kafka gave our partitions away: the session is over")
        return Session(self.conf.broker_session_timeout, self.conf.broker_rebalance_timeout, lost)

    def _new_transport(self) -> TransportT:
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> TransportT:
        return Transport(self.conf.broker_producer, self)

    def _new_producer(self) -> ProducerT:
        producer = super()._new_producer()
        if isinstance(producer, Producer):
            producer.session = self.session
            producer.on_refused = self._refused
        return producer

    def _refused(self, error: BaseException) -> None:
        """Kafka took a message from us and gave it up: commit nothing more, end, start again.

        What is left over when we have left the group was never taken.
        """
        if isinstance(error, ProducerClosed):
            return
        self._crashing = asyncio.ensure_future(crash(self, error))

    def on_rebalance_start(self) -> None:
        """Partitions are on the move: nothing is processed until `on_rebalance_end`."""
        self.settled = False
        super().on_rebalance_start()

    def on_rebalance_end(self) -> None:
        """All is assigned, recovered and flowing."""
        super().on_rebalance_end()
        self.settled = True


def faust_options(bootstrap: str, folder: Path) -> dict[str, Any]:
    """Everything that Faust is told; `folder` is for what it leaves behind."""
    return {
        "broker": [f"kafka://{server.strip()}" for server in bootstrap.split(",")],
        "datadir": str(folder),
        "web_enabled": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "TableManager": TableManager,
        "table_standby_replicas": 0,
        "processing_guarantee": "at_least_once",
        "producer_acks": -1,
        "broker_session_timeout": SESSION_SECONDS,
        "broker_heartbeat_interval": SESSION_SECONDS / 6,
        "broker_commit_interval": COMMIT_SECONDS,
    }


def raw_topic(app: faust.App, name: str) -> TopicT:
    """A topic of bytes, empty messages included."""
    return app.topic(
        name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
    )
