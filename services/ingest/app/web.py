"""Joins what takes reports over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import Lifespan

from services.followed_files import follow_file
from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.clustering import Clustering
from services.ingest.adapters.hooks import HookReceiver, hooks_route
from services.ingest.adapters.http import Authenticator, events_route, refuse_path
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.openapi import DescribedApp
from services.ingest.adapters.producer import KafkaPublisher
from services.ingest.adapters.sources.credentials import CredentialReader
from services.ingest.adapters.sources.sources_follower import follow_sources
from services.ingest.adapters.tokens import JoinedTokens, Tokens, read_tokens
from services.ingest.adapters.watchdog import WatchdogSender
from services.ingest.app.intake import keep_checking, make_intake, make_publisher, read_clock
from services.ingest.domain.sources.source_set import SourceSet
from services.ingest.settings import IngestSettings
from services.telemetry import Health


def create_app(settings: IngestSettings, health: Health) -> FastAPI:
    """The web app; its lifespan connects to Kafka, and at its end sends what is in flight.

    `health` gets its checks; the token file is followed.

    Raises:
        InvalidTokens: the token file cannot be used.
        InvalidSources: a file of sources has a fault.
    """
    publisher = make_publisher(settings, health.notes)
    health.add("kafka", publisher.fault)
    intake = make_intake(settings, publisher, health.notes)
    app = DescribedApp(
        title="Vedette ingest",
        lifespan=_lifespan(publisher, intake.clustering, _watchdog_seconds(settings)),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.add_exception_handler(HTTPException, refuse_path)
    limiter = Limiter(settings.ingest_reports_per_second, settings.ingest_bytes_per_second)
    sources, reader = follow_sources(settings.sources_dir, health.notes), BodyReader(limiter)
    authenticator = _make_authenticator(settings, sources, health)
    app.include_router(events_route(intake, authenticator, reader))
    hooks = HookReceiver(sources, CredentialReader.of_process(), reader, intake)
    app.include_router(hooks_route(hooks))
    return app


def _watchdog_seconds(settings: IngestSettings) -> float:
    """Seconds between rounds of the watchdog; 0, none, on a clock that silence does not move."""
    return 0.0 if settings.clock == "recorded" else settings.watchdog_seconds


def _make_authenticator(
    settings: IngestSettings, sources: Callable[[], SourceSet], health: Health
) -> Authenticator:
    path, nobody = settings.ingest_tokens_file, Tokens({})
    in_file = follow_file(path, read_tokens, health.notes) if path else lambda: nobody
    return Authenticator(JoinedTokens(in_file, sources), settings.ingest_open)


def _lifespan(
    publisher: KafkaPublisher, clustering: Clustering | None, watchdog_seconds: float
) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await publisher.start()
        watchdog = WatchdogSender(publisher, read_clock)
        tasks = [asyncio.create_task(watchdog.run(watchdog_seconds))] if watchdog_seconds else []
        async with keep_checking(clustering):
            yield
        for task in tasks:
            task.cancel()
        await publisher.stop()

    return lifespan
