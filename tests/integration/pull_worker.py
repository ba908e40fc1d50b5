"""The worker of ingest with a short lease, so that a test need not wait for it."""

import sys

import uvicorn

from services.connections import FOR_HEALTH, BoundedConfig
from services.environment import load, process_environment
from services.ingest.app.worker import create_worker_app
from services.ingest.settings import WorkerSettings
from services.telemetry import configure_logging

LEASE_MS = 1000

if __name__ == "__main__":
    settings = load(WorkerSettings, process_environment())
    configure_logging("ingest-worker")
    app = create_worker_app(settings, LEASE_MS)
    uvicorn.Server(BoundedConfig(app, settings.host, settings.port, FOR_HEALTH)).run()
    sys.exit(0)
