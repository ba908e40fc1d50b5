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
from services.connections import FOR_HEALTH, BoundedConfig
from services.header_names import tolerate_header_names
from services.notifier.adapters.console import ConsoleReceiver
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.health import KafkaHealth, RedisHealth, StreamHealth
from services.notifier.adapters.history import KafkaHistory
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.membership import Membership
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.adapters.outbox_relay import KafkaOutboxSender, OutboxRelay
from services.notifier.adapters.pagerduty import PagerDutyReceiver
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.adapters.redis_firing import RedisFiring
from services.notifier.adapters.redis_log import RedisLog
from services.notifier.adapters.redis_outbox import RedisOutbox
from services.notifier.adapters.redis_rebuild import RedisRebuild
from services.notifier.adapters.routes_follower import follow_routes
from services.notifier.adapters.slack import SlackApi, SlackReceiver
from services.notifier.adapters.stream import AlertStream, connect
from services.notifier.adapters.watchdog import TIMEOUT_SECONDS, HeartbeatForwarder
from services.notifier.adapters.worker import Worker
from services.notifier.domain.ports import Receiver
from services.notifier.domain.routing.receiver_names import (
    CHANNEL,
    DIGEST_CHANNEL,
    DUTY_CHANNEL,
)
from services.notifier.domain.routing.tree import Routing
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits
from services.notifier.settings import NotifierSettings
from services.telemetry import Health, health_app, listen, logger

log = logger(__name__)

# a receiver is given one time-out to answer; a request may take effect for about two more
TIMEOUTS_IN_DOUBT = 3
REDIS_SECONDS = 5
OUTBOX_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """The joined service, not yet started."""

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
    routing: Callable[[], Routing]
    firing: RedisFiring

    def start(self) -> None:
        """Start the threads."""
        self.rebuilder.start()
        for worker in self.workers:
            worker.start()
        self.relay.start()
        self.watchdog.start()

    def wake(self) -> None:
        """Let every worker look at its queue now."""
        _wake_all(self.workers)


def run(settings: NotifierSettings, stopping: threading.Event) -> None:
    """Notify until `stopping` is set; then finish what is in flight.

    Raises kafka.errors.KafkaError where a retry does not help, and InvalidRoutes at the start.
    """
    tolerate_header_names()
    parts = join(settings)
    listener = listen(
        BoundedConfig(health_app(parts.health), settings.host, settings.port, FOR_HEALTH)
    )
    _log_start(parts)
    parts.start()
    try:
        _consume_alerts(parts, stopping)
    finally:
        _shut_down(parts)
        listener.stop()


def join(settings: NotifierSettings) -> Parts:
    """Every part with what it needs; connects to nothing.

    Raises InvalidRoutes.
    """
    redis, keys, health = _make_redis(settings), Keys(settings.topic_prefix), Health()
    notifications, outbox = RedisLog(redis, keys, compute_hold(settings)), RedisOutbox(redis, keys)
    receivers = make_receivers(settings)
    names = tuple(receiver.traits.name for receiver in receivers)
    routing = follow_routes(settings.routes_file, names, health)
    firing = RedisFiring(redis, keys)
    workers = tuple(
        _make_worker(_make_delivery(settings, receiver, notifications, routing, firing), outbox)
        for receiver in receivers
    )
    sender = KafkaOutboxSender(settings.kafka_bootstrap_servers, settings.topic_prefix)
    relay = OutboxRelay(outbox, sender)
    rebuilder = _make_rebuilder(settings, RedisRebuild(redis, keys), workers, health)
    kafka, stream = KafkaHealth(settings.kafka_bootstrap_servers), StreamHealth()
    health.add("redis", RedisHealth(redis, keys.probe, health.notes).check)
    parts = Parts(
        settings,
        notifications,
        outbox,
        workers,
        relay,
        rebuilder,
        health,
        kafka,
        stream,
        HeartbeatForwarder(_now, _reveal(settings.watchdog_url)),
        routing,
        firing,
    )
    _add_checks(parts)
    return parts


def compute_hold(settings: NotifierSettings) -> timedelta:
    """How long a lease lasts and an unknown outcome stays in doubt."""
    return timedelta(seconds=TIMEOUTS_IN_DOUBT * settings.receiver_timeout_seconds)


def make_receivers(settings: NotifierSettings) -> list[Receiver]:
    """Slack's channels, or the console without a token; PagerDuty if there is a key for it."""
    receivers = _make_channels(settings)
    key = _reveal(settings.pagerduty_routing_key)
    if key is not None:
        url, timeout = settings.pagerduty_events_url, settings.receiver_timeout_seconds
        receivers.append(PagerDutyReceiver(key, url, timeout))
    return receivers


def list_channels(settings: NotifierSettings) -> dict[str, ReceiverTraits]:
    """Slack's channels with their traits: one for everything, unless others are named."""
    watch, duty = settings.slack_channel, settings.slack_duty_channel
    digest = settings.slack_digest_channel
    has_digest = digest not in (None, watch, duty)
    history = BackfillPolicy.LEFT_OUT if has_digest else BackfillPolicy.TOO
    channels = {watch: ReceiverTraits(CHANNEL, history=history)}
    if duty is not None:
        channels.setdefault(duty, ReceiverTraits(DUTY_CHANNEL))
    if digest is not None:
        channels.setdefault(digest, ReceiverTraits(DIGEST_CHANNEL, history=BackfillPolicy.ALONE))
    return channels


def name_group(prefix: str) -> str:
    """The consumer group of a topic prefix: `vedette-notifier` for the default one."""
    return f"{prefix.rstrip('.')}-notifier".lstrip("-")


def _make_channels(settings: NotifierSettings) -> list[Receiver]:
    token = _reveal(settings.slack_token)
    if token is None:
        return [ConsoleReceiver(Console())]
    api = SlackApi(token, settings.slack_api_url, settings.receiver_timeout_seconds)
    return [
        SlackReceiver(api, channel, traits) for channel, traits in list_channels(settings).items()
    ]


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _make_redis(settings: NotifierSettings) -> Redis:
    # the client does not retry: a script whose answer was lost must not run twice unnoticed
    return Redis.from_url(
        str(settings.redis_url),
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _make_delivery(
    settings: NotifierSettings,
    receiver: Receiver,
    notifications: RedisLog,
    routing: Callable[[], Routing],
    firing: RedisFiring,
) -> Delivery:
    traits = replace(receiver.traits, recorded=settings.clock == "recorded")
    hold = compute_hold(settings)
    monitored = MonitoredReceiver(receiver, _now)
    return Delivery(monitored, traits, notifications, hold, _now, random.random, routing, firing)


def _make_worker(delivery: Delivery, outbox: RedisOutbox) -> Worker:
    handler = JobHandler(delivery)
    return Worker(delivery.receiver, handler, delivery.notifications, outbox, _now)


def _make_rebuilder(
    settings: NotifierSettings, lost: RedisRebuild, workers: tuple[Worker, ...], health: Health
) -> Rebuilder:
    prefix = settings.topic_prefix
    return Rebuilder(
        lost=lost,
        history=KafkaHistory(settings.kafka_bootstrap_servers, prefix, name_group(prefix)),
        traits=[worker.handler.delivery.traits for worker in workers],
        hold=compute_hold(settings),
        clock=_now,
        notes=health.notes,
        on_rebuilt=lambda: _wake_all(workers),
        routing=workers[0].handler.delivery.routing,
        firing=workers[0].handler.delivery.firing,
    )


def _wake_all(workers: tuple[Worker, ...]) -> None:
    for worker in workers:
        worker.wake()


def _add_checks(parts: Parts) -> None:
    health, workers = parts.health, parts.workers
    health.add("log", parts.rebuilder.check)
    health.add("kafka", parts.kafka.check)
    health.add("alerts", parts.stream.check)
    for worker in workers:
        health.add(f"receiver {worker.name}", worker.receiver.describe_fault)
    health.add("threads", _make_threads_check((*workers, parts.relay, parts.rebuilder)))


def _make_threads_check(
    threads: tuple[Worker | OutboxRelay | Rebuilder, ...],
) -> Callable[[], str | None]:
    def check() -> str | None:
        return None if all(thread.is_alive for thread in threads) else "a thread has ended"

    return check


def _now() -> datetime:
    return datetime.now(UTC)


def _log_start(parts: Parts) -> None:
    receivers = [worker.name for worker in parts.workers]
    log.info("starting", receivers=receivers, faults={"redis": parts.health.checks["redis"]()})


def _consume_alerts(parts: Parts, stopping: threading.Event) -> None:
    settings = parts.settings
    topic = topic_name(settings.topic_prefix, ALERTS)
    group = name_group(settings.topic_prefix)
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
        AlertStream(
            member=member,
            notifications=parts.notifications,
            outbox=parts.outbox,
            routing=parts.routing,
            clock=_now,
            on_queued=parts.wake,
            watchdog=parts.watchdog,
            firing=parts.firing,
        ).run(stopping)


def _shut_down(parts: Parts) -> None:
    for worker in parts.workers:
        worker.request_stop()
    for worker in parts.workers:
        if not worker.stop(compute_hold(parts.settings).total_seconds()):
            log.warning("left in flight: its lease will end", receiver=worker.name)
    parts.rebuilder.stop(REDIS_SECONDS)
    parts.relay.stop(OUTBOX_SECONDS)
    parts.watchdog.stop(TIMEOUT_SECONDS + 1)
    parts.kafka.close()
