"""The parts of the notifier, joined."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from schemas.alert import Alert
from schemas.topics import ALERTS, DEAD_LETTERS, LEDGER, SIGNALS, topic_name
from services.clock_skew import ClockSkew
from services.notifier.adapters.background_check import BackgroundCheck
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.health import KafkaHealth, RedisHealth, StreamHealth
from services.notifier.adapters.history import KafkaHistory
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.membership import notifier_group
from services.notifier.adapters.metrics import show_receiver
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.adapters.opsgenie import ENDS
from services.notifier.adapters.outbox_relay import KafkaOutboxSender, OutboxRelay
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.adapters.routes_follower import follow_routes
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.adapters.wall_clock import tell_utc
from services.notifier.adapters.watch.watch_stores import make_acts_reader
from services.notifier.adapters.watchdog import HeartbeatForwarder
from services.notifier.adapters.worker import Worker
from services.notifier.app.parts import Parts, wake_all
from services.notifier.app.receivers import make_receivers
from services.notifier.app.stores import NotifierStores, compute_hold, make_stores
from services.notifier.domain.placement import Placer, place_alert, place_nowhere
from services.notifier.domain.ports import Receiver
from services.notifier.domain.routing.receiver_names import OPSGENIE
from services.notifier.domain.routing.tree import Routing
from services.notifier.settings import NotifierSettings
from services.telemetry import Health


def join(settings: NotifierSettings) -> Parts:
    """Every part with what it needs; connects to nothing.

    Raises InvalidRoutes, InvalidReceiver.
    """
    health, receivers = Health(), make_receivers(settings)
    names = tuple(receiver.traits.name for receiver in receivers)
    if OPSGENIE in names:
        health.notes[OPSGENIE] = ENDS
    routing = follow_routes(settings.routes_file, names, health)
    stores = make_stores(settings, names, make_placer(settings, receivers, routing))
    workers = _make_workers(settings, receivers, stores, routing)
    skew = ClockSkew(settings.clock_skew_seconds, health.notes)
    sender = KafkaOutboxSender(settings.kafka, settings.topic_prefix, skew=skew)
    parts = Parts(
        settings,
        stores,
        workers,
        OutboxRelay(stores.outbox, sender, stores.watch.history.append),
        _make_rebuilder(settings, stores, workers, health),
        health,
        _make_checks(settings, stores, health),
        StreamHealth(),
        skew,
        HeartbeatForwarder(tell_utc, settings.watchdog_url),
        routing,
    )
    _add_checks(parts)
    return parts


def _make_checks(
    settings: NotifierSettings, stores: NotifierStores, health: Health
) -> tuple[BackgroundCheck, ...]:
    """Of Redis, and of Kafka with the topics that the notifier reads and writes."""
    names = (ALERTS, SIGNALS, LEDGER, DEAD_LETTERS)
    topics = [topic_name(settings.topic_prefix, name) for name in names]
    redis = RedisHealth(stores.redis, stores.keys.probe, health.notes)
    kafka = KafkaHealth(settings.kafka, topics)
    return BackgroundCheck("redis", redis.check), BackgroundCheck("kafka", kafka.check)


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


def _make_workers(
    settings: NotifierSettings,
    receivers: Sequence[Receiver],
    stores: NotifierStores,
    routing: Callable[[], Routing],
) -> tuple[Worker, ...]:
    make_delivery = partial(
        Delivery,
        notifications=stores.notifications,
        hold=compute_hold(settings),
        clock=tell_utc,
        jitter=random.random,
        routing=routing,
        firing=stores.firing,
        read_acts=make_acts_reader(stores.redis, stores.keys, stores.watch),
    )
    return tuple(_make_worker(settings, each, make_delivery, stores) for each in receivers)


def _make_worker(
    settings: NotifierSettings,
    receiver: Receiver,
    make_delivery: Callable[..., Delivery],
    stores: NotifierStores,
) -> Worker:
    show_receiver(receiver.traits.name)
    monitored = MonitoredReceiver(receiver, tell_utc)
    traits = replace(receiver.traits, recorded=settings.clock == "recorded")
    delivery = make_delivery(receiver=monitored, traits=traits)
    handler = JobHandler(delivery)
    return Worker(monitored, handler, stores.notifications, stores.outbox, tell_utc)


def _make_rebuilder(
    settings: NotifierSettings, stores: NotifierStores, workers: tuple[Worker, ...], health: Health
) -> Rebuilder:
    prefix = settings.topic_prefix
    return Rebuilder(
        lost=stores.lost,
        history=KafkaHistory(settings.kafka, prefix, notifier_group(prefix)),
        traits=[worker.handler.delivery.traits for worker in workers],
        hold=compute_hold(settings),
        clock=tell_utc,
        notes=health.notes,
        on_rebuilt=lambda: wake_all(workers),
        place=stores.lost.place,
        routing=workers[0].handler.delivery.routing,
        firing=stores.firing,
        restore_lines=stores.watch.restore_lines,
        store_alerts=stores.watch.store_alerts,
    )


def _add_checks(parts: Parts) -> None:
    health, workers = parts.health, parts.workers
    for check in parts.checks:
        health.add(check.name, check.find_fault)
    health.add("log", parts.rebuilder.check)
    health.add("outbox", parts.relay.check)
    health.add("alerts", parts.stream.check)
    for worker in workers:
        health.add(f"receiver {worker.name}", worker.receiver.check_ready)
    threads = (*workers, *parts.checks, parts.relay, parts.rebuilder)
    health.add("threads", _make_threads_check(threads))


def _make_threads_check(
    threads: tuple[StoppableThread, ...],
) -> Callable[[], str | None]:
    def check() -> str | None:
        return None if all(thread.is_alive for thread in threads) else "a thread has ended"

    return check
