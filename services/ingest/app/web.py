"""Joins what takes reports over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.types import Lifespan

from schemas.topics import EVENTS, topic_name
from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.http import Authenticator, events_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.producer import KafkaPublisher
from services.ingest.adapters.tokens import Tokens, read_tokens
from services.ingest.adapters.watchdog import WatchdogSender
from services.ingest.settings import IngestSettings
from services.telemetry import Health, health_routes


def create_app(settings: IngestSettings) -> FastAPI:
    """The web app; its lifespan connects to Kafka, and at its end sends what is in flight.

    Raises:
        InvalidTokens: the token file cannot be used.
    """
    topic = topic_name(settings.topic_prefix, EVENTS)
    publisher = KafkaPublisher(settings.kafka, topic)
    intake = Intake(publisher, _now, recorded=settings.clock == "recorded")
    app = FastAPI(
        title="Vedette ingest",
        lifespan=_lifespan(publisher, _watchdog_seconds(settings)),
        redirect_slashes=False,
    )
    app.include_router(health_routes(Health({"kafka": publisher.fault})))
    limiter = Limiter(settings.ingest_reports_per_second, settings.ingest_bytes_per_second)
    app.include_router(events_route(intake, _authenticator(settings), BodyReader(limiter)))
    return app


def _now() -> datetime:
    return datetime.now(UTC)


def _watchdog_seconds(settings: IngestSettings) -> float:
    """Seconds between rounds of the watchdog; 0, none, on a clock that silence does not move."""
    return 0.0 if settings.clock == "recorded" else settings.watchdog_seconds


def _authenticator(settings: IngestSettings) -> Authenticator:
    path = settings.ingest_tokens_file
    return Authenticator(read_tokens(path) if path else Tokens({}), settings.ingest_open)


def _lifespan(publisher: KafkaPublisher, watchdog_seconds: float) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await publisher.start()
        watchdog = WatchdogSender(publisher, _now)
        tasks = [asyncio.create_task(watchdog.run(watchdog_seconds))] if watchdog_seconds else []
        yield
        for task in tasks:
            task.cancel()
        await publisher.stop()

    return lifespan
