"""Logging, metrics and health: what every service shows of itself. Imports nothing of ours."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

Check = Callable[[], str | None]
"""Answers None when all is well, else what is wrong. May block for a second, never raises."""

LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


def configure_logging(service: str, level: str = "INFO", log_format: str = "json") -> None:
    """Every line to standard error, as JSON or for a console, marked with the service."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


@dataclass(slots=True)
class RepeatFilter(logging.Filter):
    """For a handler: lets a `library` say the same words once every `seconds`.

    The words are those before anything is filled in. Others are heard as ever.
    """

    library: str
    seconds: float = 10.0
    clock: Callable[[], float] = time.monotonic
    told: dict[str, float] = field(default_factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is to be heard."""
        if not record.name.startswith(self.library):
            return True
        now, words = self.clock(), str(record.msg)
        if now - self.told.get(words, -self.seconds) < self.seconds:
            return False
        self.told[words] = now
        return True


@dataclass(frozen=True, slots=True)
class Health:
    """Named checks; ready when every one of them answers None. Notes never make it unready."""

    checks: dict[str, Check] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, check: Check) -> None:
        """Count `check` in from now on."""
        self.checks[name] = check

    def faults(self) -> Mapping[str, str]:
        """What is wrong now, by check; empty when ready."""
        answers = {name: check() for name, check in self.checks.items()}
        return {name: answer for name, answer in answers.items() if answer is not None}


def health_routes(health: Health, registry: CollectorRegistry = REGISTRY) -> APIRouter:
    """`/healthz`, `/readyz` (503 with what is wrong) and `/metrics`."""
    router = APIRouter()

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        faults = health.faults()
        status = "unavailable" if faults else "ok"
        told: dict[str, object] = {"status": status, "faults": dict(faults)}
        if health.notes:
            told["notes"] = dict(health.notes)
        return JSONResponse(told, status_code=503 if faults else 200)

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def health_app(health: Health) -> FastAPI:
    """A web app with nothing but the health routes."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health_routes(health))
    return app


@dataclass(frozen=True, slots=True)
class Listener:
    """A web app served from a thread of its own, for services whose main loop is not HTTP."""

    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        """Finish what is in flight; blocks 5 seconds at most."""
        self.server.should_exit = True
        self.thread.join(timeout=5)


def listen(app: FastAPI, host: str, port: int) -> Listener:
    """Serve `app` from a daemon thread; returns at once."""
    config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    return Listener(server, thread)
