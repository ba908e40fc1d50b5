"""The routes in force, read again when their file changes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.file_signature import Signature, sign
from services.notifier.adapters.metrics import ROUTES_VALID
from services.notifier.adapters.routes_file import InvalidRoutes, read_routes
from services.notifier.domain.routing.default_routes import make_default_routing
from services.notifier.domain.routing.tree import Routing
from services.telemetry import Health, logger

log = logger(__name__)

CHECK_SECONDS = 1.0
NOTE = "routes"


@dataclass
class RoutesFollower:
    """Looks at the file once a second at most; a faulty one is refused, and the last good stays.

    `routing`: the routes in force, at first those that were read at `signature`. `notes`: the
    notes of /readyz; one names the faults of a refused file.
    """

    path: Path
    routing: Routing
    signature: Signature | None
    notes: dict[str, str]
    clock: Callable[[], float] = time.monotonic
    _looked_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Routing:
        """The routes in force now."""
        with self._lock:
            now = self.clock()
            if now >= self._looked_at + CHECK_SECONDS:
                self._looked_at = now
                self._read_changed()
            return self.routing

    def check(self) -> None:
        """Look at the file; a refused one is a note and no fault."""
        self()

    def _read_changed(self) -> None:
        signature = sign(self.path)
        if signature == self.signature:
            return
        self.signature = signature
        try:
            self.routing = read_routes(self.path, self.routing.receivers)
        except InvalidRoutes as error:
            self.notes[NOTE] = f"the file is refused, its last good state is in force: {error}"
            ROUTES_VALID.set(0)
            log.warning("routes refused", error=str(error))
        else:
            self.notes.pop(NOTE, None)
            ROUTES_VALID.set(1)
            log.info("routes read", file=str(self.path))


def follow_routes(
    path: Path | None, receivers: tuple[str, ...], health: Health
) -> Callable[[], Routing]:
    """The routes in force: those of the file, or without one the default.

    Raises InvalidRoutes.
    """
    if path is None:
        default = make_default_routing(receivers)
        return lambda: default
    signature = sign(path)
    follower = RoutesFollower(path, read_routes(path, receivers), signature, health.notes)
    ROUTES_VALID.set(1)
    health.add("routes", follower.check)
    return follower
