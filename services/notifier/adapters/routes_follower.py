"""The routes in force, read again when their file changes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from services.followed_files import follow_file
from services.notifier.adapters.metrics import ROUTES_VALID
from services.notifier.adapters.routes_file import InvalidRoutes, read_routes
from services.notifier.domain.routing.default_routes import make_default_routing
from services.notifier.domain.routing.tree import Routing
from services.telemetry import Health

CHECK_SECONDS = 1.0
NOTE = "routes"


def follow_routes(
    path: Path | None, receivers: tuple[str, ...], health: Health
) -> Callable[[], Routing]:
    """The routes in force: those of the file, or without one the default.

    A check of `health` looks at the file; a refused one is a note and no fault. Raises
    InvalidRoutes.
    """
    if path is None:
        default = make_default_routing(receivers)
        return lambda: default
    read = partial(_read_measured, receivers)
    routes = follow_file(path, read, health.notes, NOTE, CHECK_SECONDS)

    def look() -> None:
        routes()

    health.add(NOTE, look)
    return routes


def _read_measured(receivers: tuple[str, ...], path: Path) -> Routing:
    try:
        routing = read_routes(path, receivers)
    except InvalidRoutes:
        ROUTES_VALID.set(0)
        raise
    ROUTES_VALID.set(1)
    return routing
