"""The Faust app, and the transport by which it takes our consumer and producer."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import Any, ClassVar

import faust
from aiokafka.errors import InvalidTimestampError, ProducerClosed
from faust.transport.drivers.aiokafka import Transport as FaustTransport
from faust.types import TP, TopicT
from faust.types.auth import CredentialsT
from faust.types.transports import ConsumerT, ProducerT, TransportT

from schemas.live_windows import LiveWindows
from services.kafka_address import KafkaAddress
from services.lost_messages import LostMessages
from services.matcher.adapters import metrics
from services.matcher.adapters.state.recovery import TableManager
from services.matcher.adapters.stream.consumer_thread import ThreadedConsumer
from services.matcher.adapters.stream.crash import crash, exit_now
from services.matcher.adapters.stream.loop_watchdog import LoopWatchdog
from services.matcher.adapters.stream.producer import Producer
from services.matcher.adapters.stream.session import Session
from services.matcher.domain.rules.rulebook import RuleKey

ReadWindows = Callable[[RuleKey, str | None], LiveWindows]
"""What the windows of a rule hold, of all groups or those with a value."""

SESSION_SECONDS = 6.0
COMMIT_SECONDS = 0.5


def _find_nothing() -> None:
    """No fault: what an app without that check says."""


class ClockRefused(Exception):
    """Kafka refuses messages for their time; the message says what to do."""


def describe_refused_time(error: BaseException) -> BaseException:
    """The error, or what it means where Kafka refuses our time."""
    if isinstance(error, InvalidTimestampError):
        return ClockRefused(
            "Kafka refuses messages of this time: set this machine's clock; a topic with "
            "message.timestamp.type=LogAppendTime, as `vedette topics create` makes it, takes them"
        )
    return error


class Transport(FaustTransport):
    """aiokafka with the consumer and the producer of this package."""

    Consumer: ClassVar[type[ConsumerT]] = ThreadedConsumer
    Producer: ClassVar[type[ProducerT]] = Producer


class App(faust.App):
    """A Faust app with our transport, which knows whether it processes messages."""

    settled: bool = False
    """Whether it has its partitions (maybe none) and their tables are recovered."""

    fetch_wait_ms: int = 500
    """How long Kafka may hold a fetch for which it has nothing."""

    watchdog: LoopWatchdog = LoopWatchdog()
    """Ends the process when a loop hangs."""

    check_warm: Callable[[], str | None]
    """Why the first message would wait longer than later ones, if it would."""

    check_clock: Callable[[], str | None]
    """By how much this machine's clock is wrong, if it is."""

    read_windows: ReadWindows | None = None
    """What the windows of a rule hold here; to be called in the app's loop."""

    processed: dict[TP, float]
    """When the newest message processed of each partition was written."""

    losses: deque[LostMessages]
    """Messages lost to retention, of which no signal is sent yet."""

    _crashing: asyncio.Task[None] | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        self.processed, self.losses = {}, deque()
        self.check_warm = self.check_clock = _find_nothing
        super().__init__(*given, **named)

    @cached_property
    def session(self) -> Session:
        """The session of this worker in its group; its loss ends the process."""
        lost = partial(exit_now, "Kafka gave our partitions away: the session is over")
        return Session(self.conf.broker_session_timeout, self.conf.broker_rebalance_timeout, lost)

    def run_beside(self, run: Callable[[], Awaitable[None]]) -> None:
        """Run it once the worker is up.

        A task of Faust's gets the app for its first parameter, even one that has a default.
        """

        async def run_as_it_is() -> None:
            await run()

        self.task(run_as_it_is)

    def _create_directories(self) -> None:
        """None: our tables are in memory, and a killed worker would leave empty folders behind."""

    def _new_transport(self) -> TransportT:
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> TransportT:
        return Transport(self.conf.broker_producer, self)

    def _new_producer(self) -> ProducerT:
        producer = super()._new_producer()
        if isinstance(producer, Producer):
            producer.session = self.session
            producer.on_refused = self._crash_on_refusal
        return producer

    def _crash_on_refusal(self, error: BaseException) -> None:
        """A message is lost: commit nothing more and end the process.

        Messages that are left when we have left the group were never accepted: they are no loss.
        """
        if isinstance(error, ProducerClosed):
            return
        self._crashing = asyncio.ensure_future(crash(self, describe_refused_time(error)))

    def on_rebalance_start(self) -> None:
        """Partitions move: nothing is processed until `on_rebalance_end`."""
        self.settled = False
        super().on_rebalance_start()

    def on_rebalance_end(self) -> None:
        """All partitions are assigned and recovered, and messages flow."""
        super().on_rebalance_end()
        metrics.REBALANCES.inc()
        self.settled = True


def faust_options(address: KafkaAddress) -> dict[str, Any]:
    """The options of a Faust app."""
    return {
        "broker": [f"kafka://{server}" for server in address.server_list],
        "broker_credentials": _find_credentials(address),
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


def _find_credentials(address: KafkaAddress) -> CredentialsT | None:
    """The same admission as that of `KafkaAddress.client_options`, in Faust's words."""
    if address.login is not None:
        return faust.SASLCredentials(
            username=address.login.username,
            password=address.login.password,
            ssl_context=address.tls,
            mechanism=address.login.mechanism,
        )
    return None if address.tls is None else faust.SSLCredentials(address.tls)


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
