"""Runs the joined notifier: its servers, its threads, and the alerts that it consumes."""

import threading

from kafka.errors import KafkaError, SaslAuthenticationFailedError

from schemas.topics import ALERTS, topic_name
from services.admin import listen_admin
from services.header_names import tolerate_header_names
from services.live_sasl import follow_passwords
from services.notifier.adapters.membership import Membership, notifier_group
from services.notifier.adapters.stream import AlertStream, connect
from services.notifier.adapters.wall_clock import tell_utc
from services.notifier.app.join import join
from services.notifier.app.parts import Parts
from services.notifier.app.web import make_api, make_callers, make_socket, make_web_config
from services.notifier.settings import NotifierSettings
from services.telemetry import listen, logger

log = logger(__name__)

SOCKET_SECONDS = 5


def run(settings: NotifierSettings, stopping: threading.Event) -> None:
    """Notify until `stopping` is set; then finish what is in flight.

    Raises kafka.errors.KafkaError where a retry does not help, and at the start InvalidRoutes and
    InvalidTokens.
    """
    tolerate_header_names()
    follow_passwords()
    parts = join(settings)
    watch, health = parts.stores.watch, parts.health
    callers = make_callers(settings, health)
    socket = make_socket(settings, callers, watch, health)
    api = make_api(settings, callers, watch, parts.workers)
    admin = listen_admin(settings.host, settings.admin_port, health, api)
    listener = listen(make_web_config(settings, api))
    log.info("starting", receivers=[worker.name for worker in parts.workers])
    parts.start()
    if socket is not None:
        socket.start()
    try:
        _consume_alerts(parts, stopping)
    finally:
        if socket is not None:
            socket.stop(SOCKET_SECONDS)
        parts.stop()
        listener.stop()
        admin.stop()


def _consume_alerts(parts: Parts, stopping: threading.Event) -> None:
    settings = parts.settings
    topic = topic_name(settings.topic_prefix, ALERTS)
    group = notifier_group(settings.topic_prefix)
    while not stopping.is_set():
        try:
            consumer = connect(settings.kafka, topic, group, settings.kafka_fetch_wait_ms)
        except KafkaError as error:
            log.warning("kafka does not answer", error=f"{type(error).__name__}: {error}")
            stopping.wait(1)
            continue
        member = Membership(consumer, tell_utc)
        parts.stream.watch(member)
        try:
            _make_stream(parts, member).run(stopping)
        except SaslAuthenticationFailedError as error:
            # the password changes: the next consumer has that of the file
            log.warning("kafka refuses us", error=str(error))
            stopping.wait(1)


def _make_stream(parts: Parts, member: Membership) -> AlertStream:
    return AlertStream(
        member=member,
        notifications=parts.stores.notifications,
        outbox=parts.stores.outbox,
        routing=parts.routing,
        clock=tell_utc,
        on_queued=parts.wake,
        watchdog=parts.watchdog,
        firing=parts.stores.firing,
        store_alerts=parts.stores.watch.store_alerts,
        skew=parts.skew,
    )
