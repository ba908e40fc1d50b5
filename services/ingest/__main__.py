"""Starts the service."""

import signal
import sys

import uvicorn

from services.admission import Admission
from services.connections import BoundedConfig, Bounds, fit_connections
from services.environment import InvalidEnvironment, load, process_environment
from services.ingest.adapters.http import encode_refusal
from services.ingest.app.web import create_app
from services.ingest.settings import IngestSettings
from services.telemetry import configure_logging
from services.token_file import InvalidTokens


def main() -> int:
    """Serve until SIGTERM or SIGINT; 0 when all in flight was finished, 2 on invalid settings."""
    try:
        settings = load(IngestSettings, process_environment())
        configure_logging("ingest", settings.log_level, settings.log_format)
        app = create_app(settings)
    except (InvalidEnvironment, InvalidTokens) as error:
        print(f"vedette ingest: {error}", file=sys.stderr)  # noqa: T201  (no log yet to write to)
        return 2
    bounds = Bounds(fit_connections(settings.ingest_connections))
    config = BoundedConfig(
        Admission(app, bounds.connections, encode_refusal), settings.host, settings.port, bounds
    )
    return _serve(uvicorn.Server(config))


def _serve(server: uvicorn.Server) -> int:
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again after a clean end, which would spoil the exit code
        signal.signal(signal_number, lambda *_: None)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
