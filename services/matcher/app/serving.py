"""What the matcher and the reader share as processes: a listener, and readiness by the group."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

from fastapi import FastAPI

from services import telemetry
from services.admin import listen_admin
from services.live_sasl import follow_passwords
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.first_rules import find_first_rules
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.stream.group_watch import GroupWatch, PartitionsAdded
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.stream.worker import quiet_libraries, run
from services.matcher.adapters.topics.closed_connections import notice_closed_connections
from services.matcher.adapters.topics.cluster import KafkaAbsent, KafkaCluster, KafkaUnusable
from services.matcher.adapters.topics.record_batches import tolerate_header_names
from services.matcher.app.kafka import Kafka, ReaderKafka
from services.matcher.settings import MatcherSettings

log = telemetry.logger(__name__)

STOPPED = 0
FAILED = 1
AGAIN_SECONDS = 1.0

T = TypeVar("T")
RunApp = Callable[[telemetry.Health], int]
AddRoutes = Callable[[FastAPI], None]


def serve_while(
    settings: MatcherSettings, run_app: RunApp, add_routes: AddRoutes | None = None
) -> int:
    """Listen for as long as `run_app` runs; its exit code, or 1 where Kafka cannot be used. Blocks.

    `add_routes` adds to what every admin port has. Not ready until the app says so. Code 0 where a
    signal ends the wait for Kafka. Where a topic has more partitions than at the start, the
    process begins anew.

    Raises:
        CannotListen: the port is taken.
    """
    try:
        return _listen_while(settings, run_app, add_routes)
    except PartitionsAdded as added:
        log.warning("begin anew", reason=str(added))
        _begin_anew()


def _begin_anew() -> NoReturn:
    """This program from its start, as the same process: Faust cannot start twice in one."""
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  (ourselves)


def _listen_while(settings: MatcherSettings, run_app: RunApp, add_routes: AddRoutes | None) -> int:
    tolerate_header_names()
    notice_closed_connections()
    follow_passwords()
    quiet_libraries()
    health = telemetry.Health()
    health.add("group", lambda: "starting")
    health.add("kafka", lambda: "starting")
    listener = listen_admin(settings.host, settings.port, health, add_routes=add_routes)
    try:
        return run_app(health)
    except asyncio.CancelledError:
        return STOPPED
    except KafkaUnusable as error:
        log.critical("cannot start", reason=str(error))
        return FAILED
    finally:
        listener.stop()


def find_in_kafka(
    loop: asyncio.AbstractEventLoop,
    prepare: Callable[[], Awaitable[T]],
    health: telemetry.Health,
    again_seconds: float = AGAIN_SECONDS,
) -> T:
    """What `prepare` finds; tried again for as long as Kafka, or a topic, is absent. Blocks.

    Meanwhile `/readyz` and the log say what is missing.

    Raises:
        KafkaUnusable: waiting does not help.
        CancelledError: SIGTERM or SIGINT came.
    """
    waiting = loop.create_task(_wait_until_present(prepare, health, again_seconds))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, waiting.cancel)
    try:
        return loop.run_until_complete(waiting)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _wait_until_present(
    prepare: Callable[[], Awaitable[T]], health: telemetry.Health, again_seconds: float
) -> T:
    known = None
    while True:
        try:
            return await prepare()
        except KafkaAbsent as error:
            reason = str(error)
        if reason != known:
            log.warning("waiting for Kafka", reason=reason)
        known = reason
        health.add("kafka", partial(str, reason))
        await asyncio.sleep(again_seconds)


async def follow_rules(
    kafka: Kafka | ReaderKafka, folder: Path, health: telemetry.Health
) -> tuple[Follower, Bundles]:
    """What follows the rules topic, and the rules to start with.

    Raises:
        KafkaAbsent: the topic cannot be read, or windows are being moved; the connections are
            closed.
        NoRules: there is no rule.
    """
    follower = Follower(kafka.rules, health.notes)
    try:
        first = await find_first_rules(folder, follower)
        kafka.rules.require_windows_at_rest()
    except KafkaUnusable:
        await kafka.rules.close()
        await kafka.cluster.close()
        raise
    return follower, first


def run_until_added(app: App, cluster: KafkaCluster, loop: asyncio.AbstractEventLoop) -> int:
    """As `run`.

    Raises:
        PartitionsAdded: it ended since a topic has more partitions.
    """
    code = run(app, loop)
    if code and (added := cluster.find_added_partitions()) is not None:
        raise PartitionsAdded(added)
    return code


def watch_group(app: App, cluster: KafkaCluster, health: telemetry.Health) -> None:
    """Ready as the app's consumer group and Kafka are."""
    watch = GroupWatch(app, cluster)
    health.add("group", watch.check_group)
    health.add("kafka", watch.check_kafka)
    health.add("clock", app.check_clock)
    app.run_beside(watch.run)
