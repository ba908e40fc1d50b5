"""The admin port: health, metrics, the level of the log, and the description of the API.

It is for probes, Prometheus and duty engineers: nothing on it asks for a token, so networks must
hold strangers off it.
"""

from collections.abc import Callable
from typing import Any, Literal

from fastapi import FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.types import Lifespan

from services.connections import FOR_HEALTH, BoundedConfig
from services.telemetry import Health, Listener, health_app, listen, read_level, set_level

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def listen_admin(
    host: str,
    port: int,
    health: Health,
    api: FastAPI | None = None,
    add_routes: Callable[[FastAPI], None] | None = None,
) -> Listener:
    """Serve the admin port from its own thread, with what `add_routes` adds; does not block."""
    app = make_admin_app(health, api)
    if add_routes is not None:
        add_routes(app)
    return listen(BoundedConfig(app, host, port, FOR_HEALTH))


def make_admin_app(
    health: Health, api: FastAPI | None = None, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """Health, the level of the log, and where there is an `api`, `/openapi.json` and `/docs`.

    `lifespan` begins and ends with the port, for a service that has no other.
    """
    app = health_app(health, lifespan)
    _add_log_level(app)
    if api is not None:
        _add_description(app, api)
    return app


def _add_log_level(app: FastAPI) -> None:
    """`/log-level`, which shows and changes it."""

    @app.get("/log-level")
    def show_level() -> dict[str, str]:
        return {"level": read_level()}

    @app.put("/log-level")
    def change_level(level: Level) -> dict[str, str]:
        set_level(level)
        return {"level": read_level()}


def _add_description(app: FastAPI, api: FastAPI) -> None:
    @app.get("/openapi.json")
    def describe() -> dict[str, Any]:
        return api.openapi()

    @app.get("/docs")
    def show() -> Response:
        return get_swagger_ui_html(openapi_url="/openapi.json", title=api.title)
