"""Joins the worker, which fetches the sources that do not send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Gauge
from starlette.types import Lifespan

from schemas.topics import DEAD_LETTERS, SIGNALS, topic_name
from services.admin import make_admin_app
from services.header_names import tolerate_header_names
from services.ingest.adapters import metrics
from services.ingest.adapters.clustering import Clustering
from services.ingest.adapters.producer import KafkaPublisher
from services.ingest.adapters.pulling.duty_sender import DutySender
from services.ingest.adapters.pulling.redis_positions import LEASE_MS, RedisPositions
from services.ingest.adapters.pulling.refused_items import RefusedItems
from services.ingest.adapters.pulling.worker import PullWorker
from services.ingest.adapters.sources.sources_follower import follow_sources
from services.ingest.app.intake import keep_checking, make_intake, make_publisher, read_clock
from services.ingest.app.source_tasks import SourceTasks
from services.ingest.settings import WorkerSettings
from services.telemetry import Health


def create_worker_app(settings: WorkerSettings, lease_ms: int = LEASE_MS) -> FastAPI:
    """The web app of health routes; its lifespan fetches.

    `lease_ms`: how long another worker waits for one that is killed.

    Raises:
        InvalidSources: a file of sources has a fault.
    """
    tolerate_header_names()
    health = Health()
    sources = follow_sources(settings.sources_dir, health.notes)
    events = make_publisher(settings, health.notes)
    signals = _make_publisher(settings, SIGNALS, metrics.DUTY_CONNECTED)
    letters = _make_publisher(settings, DEAD_LETTERS, metrics.DEAD_LETTERS_CONNECTED)
    positions = RedisPositions.create(settings.redis_url, settings.topic_prefix, lease_ms)
    intake = make_intake(settings, events, health.notes)
    refused = RefusedItems(letters, read_clock)
    tasks = SourceTasks.create(settings, sources, intake, positions, refused)
    worker = PullWorker(positions, tasks, DutySender(signals).send, read_clock, lease_ms / 1000)
    health.add("kafka", events.fault)
    health.add("redis", worker.fault)
    lifespan = _lifespan(worker, positions, (events, signals, letters), intake.clustering)
    return make_admin_app(health, lifespan=lifespan)


def _make_publisher(settings: WorkerSettings, topic: str, connected: Gauge) -> KafkaPublisher:
    name = topic_name(settings.topic_prefix, topic)
    return KafkaPublisher(settings.kafka, name, connected=connected)


def _lifespan(
    worker: PullWorker,
    positions: RedisPositions,
    publishers: tuple[KafkaPublisher, ...],
    clustering: Clustering | None,
) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        stopping = asyncio.Event()
        for publisher in publishers:
            await publisher.start()
        fetching = asyncio.create_task(worker.run(stopping))
        async with keep_checking(clustering):
            yield
        stopping.set()
        await fetching
        for publisher in publishers:
            await publisher.stop()
        await positions.close()

    return lifespan
