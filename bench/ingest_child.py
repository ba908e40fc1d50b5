"""The yardstick of `bench.ingest`: the server of ingest, answering 202 to whatever it has read.

`python -m bench.ingest_child PORT`.
"""

import sys

import uvicorn
from fastapi import FastAPI, Request, Response

from services.admission import Admission
from services.connections import BoundedConfig, Bounds
from services.ingest.domain.limits import CONNECTIONS


def build() -> FastAPI:
    """The app."""
    app = FastAPI()

    @app.post("/v1/events", status_code=202)
    async def post_events(request: Request) -> Response:
        await request.body()
        return Response(b'{"error":null,"results":[]}', 202, media_type="application/json")

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    port = int(sys.argv[1])
    app = Admission(build(), CONNECTIONS)
    uvicorn.Server(BoundedConfig(app, "127.0.0.1", port, Bounds(CONNECTIONS))).run()
