"""The parts of the notifier, joined and run."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from kafka.errors import KafkaError
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from schemas.alert import Alert
from schemas.topics import ALERTS, topic_name
from services.header_names import tolerate_header_names
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.health import KafkaHealth, RedisHealth, StreamHealth
from services.notifier.adapters.history import KafkaHistory
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.membership import Membership
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.adapters.outbox_relay import KafkaOutboxSender, OutboxRelay
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.adapters.redis_firing import RedisFiring
from services.notifier.adapters.redis_log import RedisLog
from services.notifier.adapters.redis_outbox import RedisOutbox
from services.notifier.adapters.redis_rebuild import RedisRebuild
from services.notifier.adapters.routes_follower import follow_routes
from services.notifier.adapters.stream import AlertStream, connect
from services.notifier.adapters.watch.watch_stores import (
    WatchStores,
    connect_watch,
    make_acts_reader,
)
from services.notifier.adapters.watchdog import TIMEOUT_SECONDS, HeartbeatForwarder
from services.notifier.adapters.worker import Worker
from services.notifier.app.receivers import make_receivers, reveal
from services.notifier.app.web import make_web_config
from services.notifier.domain.placement import Placer, place_alert, place_nowhere
from services.notifier.domain.ports import Receiver
from services.notifier.domain.routing.tree import Routing
from services.notifier.settings import NotifierSettings
from services.telemetry import Health, listen, logger

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
    watch: WatchStores

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
    listener = listen(make_web_config(settings, parts.watch, parts.workers, parts.health))
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
    receivers = make_receivers(settings)
    names = tuple(receiver.traits.name for receiver in receivers)
    routing = follow_routes(settings.routes_file, names, health)
    place = make_placer(settings, receivers, routing)
    notifications = RedisLog(redis, keys, compute_hold(settings), place)
    outbox = RedisOutbox(redis, keys)
    firing, watch = RedisFiring(redis, keys), connect_watch(redis, keys, names, _now)
    make_delivery = partial(
        Delivery,
        notifications=notifications,
        hold=compute_hold(settings),
        clock=_now,
        jitter=random.random,
        routing=routing,
        firing=firing,
        read_acts=make_acts_reader(redis, keys, watch),
    )
    workers = tuple(_make_worker(settings, each, make_delivery, outbox) for each in receivers)
    sender = KafkaOutboxSender(settings.kafka_bootstrap_servers, settings.topic_prefix)
    relay = OutboxRelay(outbox, sender, watch.history.append)
    lost = RedisRebuild(redis, keys, place)
    rebuilder = _make_rebuilder(settings, lost, workers, health, watch)
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
        HeartbeatForwarder(_now, reveal(settings.watchdog_url)),
        routing,
        firing,
        watch,
    )
    _add_checks(parts)
    return parts


def compute_hold(settings: NotifierSettings) -> timedelta:
    """How long a lease lasts and an unknown outcome stays in doubt."""
    return timedelta(seconds=TIMEOUTS_IN_DOUBT * settings.receiver_timeout_seconds)


def make_placer(
    settings: NotifierSettings, receivers: Sequence[Receiver], routing: Callable[[], Routing]
) -> Placer:
    """Which group an alert is in: none at receivers without groups, and in a replay."""
    if settings.clock == "recorded":
        return place_nowhere
    grouping = {receiver.traits.name for receiver in receivers if receiver.traits.groups}

    def place(alert: Alert, receiver: str, now: datetime) -> str | None:
        return place_alert(routing(), alert, receiver, now) if receiver in grouping else None

    return place


def name_group(prefix: str) -> str:
    """The consumer group of a topic prefix: `vedette-notifier` for the default one."""
    return f"{prefix.rstrip('.')}-notifier".lstrip("-")


def _make_redis(settings: NotifierSettings) -> Redis:
    # the client does not retry: a script whose answer was lost must not run twice unnoticed
    return Redis.from_url(
        str(settings.redis_url),
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _make_worker(
    settings: NotifierSettings,
    receiver: Receiver,
    make_delivery: Callable[..., Delivery],
    outbox: RedisOutbox,
) -> Worker:
    monitored = MonitoredReceiver(receiver, _now)
    traits = replace(receiver.traits, recorded=settings.clock == "recorded")
    delivery = make_delivery(receiver=monitored, traits=traits)
    return Worker(monitored, JobHandler(delivery), delivery.notifications, outbox, _now)


def _make_rebuilder(
    settings: NotifierSettings,
    lost: RedisRebuild,
    workers: tuple[Worker, ...],
    health: Health,
    watch: WatchStores,
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
        place=lost.place,
        routing=workers[0].handler.delivery.routing,
        firing=workers[0].handler.delivery.firing,
        restore_lines=watch.restore_lines,
        store_alerts=watch.store_alerts,
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
            store_alerts=parts.watch.store_alerts,
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
