"""An upgrade and a rollback, one process after the other, while the load goes on."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos.plan import INGEST, MATCHER, NOTIFIER
from tests.chaos.run import LOOK_SECONDS, ChaosRun
from tests.parts.processes import Service
from tests.upgrade.releases import Release

ORDER = (NOTIFIER, MATCHER, INGEST)
"""Readers first. The way back has the same order, so each pair is tried with either one newer."""
GRACE_SECONDS = 60.0
"""What the Kubernetes manifests give a process to end; then it is killed."""
START_SECONDS = 180.0


@dataclass
class Rollout:
    """Replaces every process by one of `release`; notes what did not end in order."""

    chaos_run: ChaosRun
    pause: float
    killed: list[str] = field(default_factory=list)
    after_load: list[str] = field(default_factory=list)

    def replace_all(self, release: Release) -> None:
        """One kind after the other, with a pause after each process in which both serve."""
        for name in list_names(list(self.chaos_run.site.pipeline.services)):
            self._replace(name, release)
            self._look_after()

    def _replace(self, name: str, release: Release) -> None:
        service = self.chaos_run.site.pipeline.services[name]
        if self.chaos_run.load.is_over:
            self.after_load.append(name)
        code, seconds = self._end(name, service)
        release.install(service)
        service.start()
        service.wait_ready(START_SECONDS)
        self.chaos_run.site.log(f"{name} ended with {code} in {seconds:.0f} s; now {release.name}")

    def _end(self, name: str, service: Service) -> tuple[int, float]:
        start = time.monotonic()
        try:
            code = service.terminate(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.killed.append(name)
            service.kill()
            code = service.wait()
        return code, time.monotonic() - start

    def _look_after(self) -> None:
        end = time.monotonic() + self.pause
        while time.monotonic() < end:
            self.chaos_run.site.look_after()
            time.sleep(LOOK_SECONDS)


def list_names(services: Sequence[str]) -> Iterator[str]:
    """The names of processes in the order in which they are replaced."""
    for kind in ORDER:
        yield from sorted(name for name in services if name.partition("-")[0] == kind)
