"""The services as plain child processes, and nothing in their environment but what is given."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.parts.child import ROOT, ChildProcess, free_port
from tests.parts.waiting import until

QUIET = {"VEDETTE_WATCHDOG_SECONDS": "0"}
"""Unless a test asks for it nothing is in the topics but what it put there."""
WITH_API = ("ingest", "notifier")
BYTECODE = ROOT / ".cache" / "bytecode"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class Service(ChildProcess):
    """`python -m services.<name>` on a free loopback port that stays the same over restarts.

    `variables` are its VEDETTE_ variables; none is inherited. Its log goes to `folder`.
    """

    def __init__(self, name: str, variables: Mapping[str, str], folder: Path) -> None:
        """Nothing is started yet: enter it, or call `start`."""
        self.name = name
        self.port = int(variables.get("VEDETTE_PORT") or free_port())
        self.admin_port = free_port() if name in WITH_API else self.port
        own = {"VEDETTE_HOST": "127.0.0.1", "VEDETTE_PORT": str(self.port)} | QUIET
        own["VEDETTE_ADMIN_PORT"] = str(self.admin_port)
        command = [sys.executable, "-m", f"services.{name}"]
        super().__init__(
            command, folder / f"{name}-{self.port}.log", bare_environment() | own | dict(variables)
        )

    @property
    def url(self) -> str:
        """Where its API listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        """Where its health and metrics are; the same where it has no API."""
        return f"http://127.0.0.1:{self.admin_port}"

    def ready(self) -> bool:
        """Whether `/readyz` answers 200."""
        answer = self._ask_ready()
        return answer is not None and answer.status_code == httpx.codes.OK

    def readiness(self) -> str:
        """What `/readyz` says; nothing while it does not answer."""
        answer = self._ask_ready()
        return "" if answer is None else answer.text

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Return when `/readyz` answers 200; raise at once if the process ends before."""
        until(self._ready_or_dead, f"{self.name} is ready", timeout)

    def metrics(self) -> str:
        """What `/metrics` says."""
        return httpx.get(f"{self.admin_url}/metrics", timeout=5).raise_for_status().text

    def _ready_or_dead(self) -> bool:
        self.check()
        return self.ready()

    def _ask_ready(self) -> httpx.Response | None:
        try:
            return httpx.get(f"{self.admin_url}/readyz", timeout=5)
        except httpx.TransportError:
            return None


def bare_environment() -> dict[str, str]:
    """What a child inherits; what it imports is compiled by the first of all."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONPYCACHEPREFIX": str(BYTECODE), "PYTHONUNBUFFERED": "1"}
