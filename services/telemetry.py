"""Logging, metrics and health of every service. Of the project it imports tracing alone."""

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from starlette.types import Lifespan

from services.tracing import add_trace

Check = Callable[[], str | None]
"""Returns what is wrong, or None. May block for a second, never raises."""

_NUMBER = re.compile(r"\d+")

HEALTH_FAULT = Gauge(
    "vedette_health_fault", "1 while a check of /readyz finds a fault, else 0.", ["check"]
)
TALKATIVE = ("httpx", "kafka")
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


def configure_logging(service: str, level: str = "INFO", log_format: str = "json") -> None:
    """Log to standard error, as JSON or for a console; each line names service and trace."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        # not bound to the context: threads begin with an empty one
        _NameService(service),
        add_trace,
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
    set_level(level)


def set_level(level: str) -> None:
    """Log from this level on; libraries that say much at INFO do so from WARNING or at DEBUG."""
    logging.getLogger().setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel("WARNING" if level == "INFO" else level)


def read_level() -> str:
    """The level in force."""
    return logging.getLevelName(logging.getLogger().level)


@dataclass(frozen=True, slots=True)
class _NameService:
    service: str

    def __call__(
        self, _logger: object, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        """The line, which names the service."""
        line["service"] = self.service
        return line


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


@dataclass(slots=True)
class RepeatFilter(logging.Filter):
    """A filter of a handler: passes each message of a `library` once every `seconds`.

    Messages are compared before their arguments are filled in, and without their numbers. Those of
    others always pass.
    """

    library: str
    seconds: float = 10.0
    clock: Callable[[], float] = time.monotonic
    last_passed: dict[str, float] = field(default_factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record passes."""
        if not record.name.startswith(self.library):
            return True
        now, message = self.clock(), _NUMBER.sub("", str(record.msg))
        if now - self.last_passed.get(message, -self.seconds) < self.seconds:
            return False
        self.last_passed[message] = now
        return True


@dataclass(frozen=True, slots=True)
class Health:
    """Named checks; ready while every one returns None. Notes do not affect readiness."""

    checks: dict[str, Check] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, check: Check) -> None:
        """Add a check, or replace the one of that name."""
        self.checks[name] = check
        HEALTH_FAULT.labels(name)

    def faults(self) -> Mapping[str, str]:
        """What is wrong now, by the name of its check; measured too."""
        results = {name: check() for name, check in self.checks.items()}
        for name, fault in results.items():
            HEALTH_FAULT.labels(name).set(fault is not None)
        return {name: fault for name, fault in results.items() if fault is not None}


def health_routes(health: Health, registry: CollectorRegistry = REGISTRY) -> APIRouter:
    """`/healthz`, `/readyz` (503 with the faults) and `/metrics`.

    Who scrapes the metrics as OpenMetrics gets their exemplars too.
    """
    router = APIRouter()
    # when a series began is told by its first sample: nobody reads a second series about it
    disable_created_metrics()  # type: ignore[no-untyped-call]

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        faults = health.faults()
        status = "unavailable" if faults else "ok"
        body: dict[str, object] = {"status": status, "faults": dict(faults)}
        if health.notes:
            body["notes"] = dict(health.notes)
        return JSONResponse(body, status_code=503 if faults else 200)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        health.faults()
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type)

    return router


def health_app(health: Health, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """A web app with the health routes alone; `lifespan` begins and ends with it."""
    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=lifespan
    )
    app.include_router(health_routes(health))
    return app


@dataclass(frozen=True, slots=True)
class Listener:
    """A web app served from its own thread, for services whose main loop is not HTTP."""

    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        """Finish the requests in flight; blocks for at most 5 seconds."""
        self.server.should_exit = True
        self.thread.join(timeout=5)


class CannotListen(Exception):
    """The address of a listener is taken or not ours; the message names it."""


def listen(config: uvicorn.Config) -> Listener:
    """Serve what `config` says from a daemon thread; does not block.

    Raises:
        CannotListen: in the caller's thread, where uvicorn would end its own alone.
    """
    server, opened = uvicorn.Server(config), _open_socket(config)
    thread = threading.Thread(target=server.run, args=([opened],), name="http", daemon=True)
    thread.start()
    return Listener(server, thread)


def _open_socket(config: uvicorn.Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    address = (config.host, config.port)
    try:
        return socket.create_server(address, family=family, backlog=config.backlog)
    except OSError as error:
        reason = f"cannot listen on {config.host}:{config.port}: {error.strerror}"
        raise CannotListen(
            f"{reason}; see VEDETTE_HOST, VEDETTE_PORT, VEDETTE_ADMIN_PORT"
        ) from error
