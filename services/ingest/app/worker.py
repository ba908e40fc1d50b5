"""Joins the worker, which fetches the sources that do not send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.types import Lifespan

from schemas.topics import EVENTS, SIGNALS, topic_name
from services.admin import add_log_level
from services.clock_skew import ClockSkew
from services.header_names import tolerate_header_names
from services.ingest.adapters import metrics
from services.ingest.adapters.clustering import Clustering
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.language import load_detector
from services.ingest.adapters.producer import KafkaPublisher
from services.ingest.adapters.pulling.duty_sender import DutySender
from services.ingest.adapters.pulling.redis_positions import LEASE_MS, RedisPositions
from services.ingest.adapters.pulling.worker import PullWorker
from services.ingest.adapters.sources.sources_follower import follow_sources
from services.ingest.app.source_tasks import SourceTasks
from services.ingest.app.stories import keep_checking, make_clustering
from services.ingest.settings import WorkerSettings
from services.telemetry import Health, health_routes


def create_worker_app(settings: WorkerSettings, lease_ms: int = LEASE_MS) -> FastAPI:
    """The web app of health routes; its lifespan fetches.

    `lease_ms`: how long another worker waits for one that is killed.

    Raises:
        InvalidSources: a file of sources has a fault.
    """
    tolerate_header_names()
    notes: dict[str, str] = {}
    sources = follow_sources(settings.sources_dir, notes)
    skew = ClockSkew(settings.clock_skew_seconds, notes)
    events = KafkaPublisher(settings.kafka, topic_name(settings.topic_prefix, EVENTS), skew=skew)
    signals = KafkaPublisher(
        settings.kafka,
        topic_name(settings.topic_prefix, SIGNALS),
        connected=metrics.DUTY_CONNECTED,
    )
    positions = RedisPositions.create(str(settings.redis_url), settings.topic_prefix, lease_ms)
    clustering = make_clustering(settings, notes)
    detect = load_detector() if settings.ingest_languages else None
    intake = Intake(events, _now, settings.clock == "recorded", clustering, detect)
    tasks = SourceTasks.create(settings, sources, intake, positions)
    worker = PullWorker(positions, tasks, DutySender(signals).send, _now, lease_ms / 1000)
    app = FastAPI(
        title="Vedette ingest worker",
        lifespan=_lifespan(worker, positions, (events, signals), clustering),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    add_log_level(app)
    app.include_router(health_routes(Health({"kafka": events.fault, "redis": worker.fault}, notes)))
    return app


def _now() -> datetime:
    return datetime.now(UTC)


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
