"""Starts the service, or with the argument `worker` the worker that fetches sources."""

import signal
import sys

import uvicorn

from services.admin import listen_admin
from services.admission import Admission
from services.connections import FOR_HEALTH, BoundedConfig, Bounds, fit_connections
from services.environment import InvalidEnvironment, load, process_environment
from services.ingest.adapters.http import encode_refusal
from services.ingest.adapters.sources.sources_follower import InvalidSources
from services.ingest.app.web import create_app
from services.ingest.app.worker import create_worker_app
from services.ingest.settings import IngestSettings, WorkerSettings
from services.metrics import show_process
from services.otlp_endpoint import read_endpoint
from services.span_sending import start_tracing, stop_tracing
from services.telemetry import CannotListen, Health, configure_logging
from services.token_file import InvalidTokens

CANNOT_START = 2
WORKER = "worker"


def main() -> int:
    """Serve until SIGTERM or SIGINT; 0 when all in flight was finished, 2 on invalid settings."""
    try:
        settings = load(IngestSettings, process_environment())
        configure_logging("ingest", settings.log_level, settings.log_format)
        show_process(settings)
        start_tracing("ingest", read_endpoint(process_environment()))
        health = Health()
        app = create_app(settings, health)
    except (InvalidEnvironment, InvalidSources, InvalidTokens) as error:
        return _refuse("ingest", error)
    bounds = Bounds(fit_connections(settings.ingest_connections))
    config = BoundedConfig(
        Admission(app, bounds.connections, encode_refusal), settings.host, settings.port, bounds
    )
    try:
        admin = listen_admin(settings.host, settings.admin_port, health, app)
    except CannotListen as error:
        return _refuse("ingest", error)
    try:
        return _serve(uvicorn.Server(config))
    finally:
        admin.stop()


def main_worker() -> int:
    """Fetch sources until SIGTERM or SIGINT, as `main`; 2 also on sources with a fault."""
    try:
        settings = load(WorkerSettings, process_environment())
        configure_logging("ingest-worker", settings.log_level, settings.log_format)
        show_process(settings)
        start_tracing("ingest-worker", read_endpoint(process_environment()))
        app = create_worker_app(settings)
    except (InvalidEnvironment, InvalidSources) as error:
        return _refuse("ingest-worker", error)
    config = BoundedConfig(app, settings.host, settings.port, FOR_HEALTH)
    return _serve(uvicorn.Server(config))


def _refuse(name: str, error: Exception) -> int:
    print(f"vedette {name}: {error}", file=sys.stderr)  # noqa: T201  (no log yet to write to)
    return CANNOT_START


def _serve(server: uvicorn.Server) -> int:
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again after a clean end, which would spoil the exit code
        signal.signal(signal_number, lambda *_: None)
    server.run()
    stop_tracing()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main_worker() if sys.argv[1:] == [WORKER] else main())
