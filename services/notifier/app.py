"""The one place where the parts of this service are joined."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kafka.errors import KafkaError
from pydantic import SecretStr
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rich.console import Console

from schemas.topics import ALERTS, topic_name
from services.notifier.adapters.console import ConsoleReceiver
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.health import KafkaHealth, RedisHealth, StreamHealth
from services.notifier.adapters.history import KafkaHistory
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.membership import Membership
from services.notifier.adapters.outbox_relay import KafkaOutboxSender, OutboxRelay
from services.notifier.adapters.pagerduty import PagerDutyReceiver
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.adapters.redis_log import RedisLog
from services.notifier.adapters.redis_outbox import RedisOutbox
from services.notifier.adapters.redis_rebuild import RedisRebuild
from services.notifier.adapters.slack import SlackReceiver
from services.notifier.adapters.stream import AlertStream, connect
from services.notifier.adapters.watchdog import HeartbeatForwarder
from services.notifier.adapters.worker import Worker
from services.notifier.domain.decide import BackfillPolicy, ReceiverTraits
from services.notifier.domain.ports import Receiver
from services.notifier.domain.route import CHANNEL, DIGEST_CHANNEL, DUTY_CHANNEL
from services.notifier.settings import NotifierSettings
from services.telemetry import Health, health_app, listen, logger

log = logger(__name__)

# an answer is awaited for one time-out, and may take effect for about two more
DOUBTS = 3
REDIS_SECONDS = 5
OUTBOX_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """The joined service, not yet at work."""

    settings: NotifierSettings
    notifications: RedisLog
    outbox: RedisOutbox
    workers: tuple[Worker, ...]
    relay: OutboxRelay
    rebuilder: Rebuilder
    health: Health
    kafka: KafkaHealth
    stream: StreamHealth
    watchdog: HeartbeatForwarder

    def start(self) -> None:
        """Set the threads to work."""
        self.rebuilder.start()
        for worker in self.workers:
            worker.start()
        self.relay.start()
        self.watchdog.start()

    def wake(self) -> None:
        """Let every receiver look at its queue now."""
        for worker in self.workers:
            worker.wake()


def run(settings: NotifierSettings, stopping: threading.Event) -> None:
    """Take alerts to the receivers until `stopping` is set; then finish what is in flight.

    Raises kafka.errors.KafkaError where waiting does not help.
    """
    parts = join(settings)
    listener = listen(health_app(parts.health), settings.host, settings.port)
    _tell(parts)
    parts.start()
    try:
        _stream(parts, stopping)
    finally:
        _finish(parts)
        listener.stop()


def join(settings: NotifierSettings) -> Parts:
    """Every part with what it needs; connects to nothing."""
    redis, keys, health = _redis(settings), Keys(settings.topic_prefix), Health()
    notifications = RedisLog(redis, keys, hold(settings))
    outbox = RedisOutbox(redis, keys)
    workers = tuple(_worker(settings, one, notifications) for one in receivers(settings))
    relay = OutboxRelay(
        outbox, KafkaOutboxSender(settings.kafka_bootstrap_servers, settings.topic_prefix)
    )
    rebuilder = _rebuilder(settings, RedisRebuild(redis, keys), workers, health)
    kafka, stream = KafkaHealth(settings.kafka_bootstrap_servers), StreamHealth()
    health.add("redis", RedisHealth(redis, health.notes).check)
    health.add("log", rebuilder.check)
    health.add("kafka", kafka.check)
    health.add("alerts", stream.check)
    health.add("threads", _threads_check((*workers, relay, rebuilder)))
    watchdog = HeartbeatForwarder(_now, _secret(settings.watchdog_url))
    return Parts(
        settings,
        notifications,
        outbox,
        workers,
        relay,
        rebuilder,
        health,
        kafka,
        stream,
        watchdog,
    )


def _secret(given: SecretStr | None) -> str | None:
    return None if given is None else given.get_secret_value()


def _rebuilder(
    settings: NotifierSettings, lost: RedisRebuild, workers: tuple[Worker, ...], health: Health
) -> Rebuilder:
    prefix = settings.topic_prefix

    def wake() -> None:
        for worker in workers:
            worker.wake()

    return Rebuilder(
        lost=lost,
        history=KafkaHistory(settings.kafka_bootstrap_servers, prefix, group_of(prefix)),
        traits=[worker.handler.delivery.traits for worker in workers],
        hold=hold(settings),
        clock=_now,
        notes=health.notes,
        on_rebuilt=wake,
    )


def hold(settings: NotifierSettings) -> timedelta:
    """How long a lease lasts and an unknown outcome stays in doubt."""
    return timedelta(seconds=DOUBTS * settings.receiver_timeout_seconds)


def receivers(settings: NotifierSettings) -> list[Receiver]:
    """Slack's channels or else the console, and the pager when there is a key for it."""
    found = _channels(settings)
    if settings.pagerduty_routing_key is not None:
        found.append(
            PagerDutyReceiver(
                settings.pagerduty_routing_key.get_secret_value(),
                settings.pagerduty_events_url,
                settings.receiver_timeout_seconds,
            )
        )
    return found


def _channels(settings: NotifierSettings) -> list[Receiver]:
    if settings.slack_token is None:
        return [ConsoleReceiver(Console())]
    token = settings.slack_token.get_secret_value()
    web = (token, settings.slack_api_url, settings.receiver_timeout_seconds)
    return [SlackReceiver(web, channel, traits) for channel, traits in channels(settings).items()]


def channels(settings: NotifierSettings) -> dict[str, ReceiverTraits]:
    """Slack's channels, and what each is there for: one for all, unless others are named."""
    watch, duty = settings.slack_channel, settings.slack_duty_channel
    digest = settings.slack_digest_channel
    apart = digest not in (None, watch, duty)
    found = {
        watch: ReceiverTraits(
            CHANNEL, history=BackfillPolicy.LEFT_OUT if apart else BackfillPolicy.TOO
        )
    }
    if duty is not None:
        found.setdefault(duty, ReceiverTraits(DUTY_CHANNEL))
    if digest is not None:
        found.setdefault(digest, ReceiverTraits(DIGEST_CHANNEL, history=BackfillPolicy.ALONE))
    return found


def _redis(settings: NotifierSettings) -> Redis:
    # no retries of its own: a script whose answer was lost must not run twice unseen
    return Redis.from_url(
        str(settings.redis_url),
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _worker(settings: NotifierSettings, receiver: Receiver, notifications: RedisLog) -> Worker:
    traits = replace(receiver.traits, recorded=settings.clock == "recorded")
    delivery = Delivery(receiver, traits, notifications, hold(settings), _now, random.random)
    return Worker(traits.name, JobHandler(delivery), notifications, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _threads_check(
    threads: tuple[Worker | OutboxRelay | Rebuilder, ...],
) -> Callable[[], str | None]:
    def check() -> str | None:
        return None if all(one.is_alive for one in threads) else "a thread is not at work"

    return check


def _tell(parts: Parts) -> None:
    faults = {name: check() for name, check in parts.health.checks.items() if name == "redis"}
    log.info("starting", receivers=[one.receiver for one in parts.workers], faults=faults)


def _stream(parts: Parts, stopping: threading.Event) -> None:
    settings = parts.settings
    topic = topic_name(settings.topic_prefix, ALERTS)
    group = group_of(settings.topic_prefix)
    while not stopping.is_set():
        try:
            consumer = connect(
                settings.kafka_bootstrap_servers, topic, group, settings.kafka_fetch_wait_ms
            )
        except KafkaError as error:
            log.warning("kafka does not answer", error=f"{type(error).__name__}: {error}")
            stopping.wait(1)
            continue
        member = Membership(consumer, _now)
        parts.stream.watch(member)
        names = tuple(worker.receiver for worker in parts.workers)
        stream = AlertStream(
            member=member,
            notifications=parts.notifications,
            outbox=parts.outbox,
            receivers=names,
            clock=_now,
            queued=parts.wake,
            watchdog=parts.watchdog,
        )
        stream.run(stopping)


def group_of(prefix: str) -> str:
    """The consumer group: `vedette-notifier` for the default prefix."""
    return f"{prefix.rstrip('.')}-notifier".lstrip("-")


def _finish(parts: Parts) -> None:
    for worker in parts.workers:
        worker.stop()
    for worker in parts.workers:
        if not worker.join(hold(parts.settings).total_seconds()):
            log.warning("left in flight: its lease will end", receiver=worker.receiver)
    parts.rebuilder.stop(REDIS_SECONDS)
    parts.relay.stop(OUTBOX_SECONDS)
    parts.watchdog.stop()
    parts.kafka.close()
