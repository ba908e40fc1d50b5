"""The real services under a little load, scraped by a real Prometheus."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.dashboards.prometheus import Prometheus
from tests.parts.leader_rule import LEADER_APPOINTED
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.rocket_rules import ROCKETS_ON_ONE_PLACE

OFFICER = "officer"
TOGETHER = 5
"""Reports of one request."""


class Site:
    """A pipeline and its Prometheus."""

    def __init__(self, pipeline: Pipeline, prometheus: Prometheus) -> None:
        self.pipeline = pipeline
        self.prometheus = prometheus
        self._posted = 0

    def load(self, reports: int) -> None:
        """Post so many reports; of ten four are rockets, one is an appointment, one is refused."""
        for first in range(self._posted, self._posted + reports, TOGETHER):
            self.pipeline.post(*map(_report, range(first, first + TOGETHER)))
        self._posted += reports

    def judge_alerts(self) -> None:
        """An officer acknowledges every alert that fires, and finds it useful or noise."""
        for number, listed in enumerate(self._call("GET", "alerts?status=firing")["alerts"]):
            self._call("PUT", f"alerts/{listed['id']}/acknowledgement", {})
            opinion = "noise" if number % 4 == 0 else "useful"
            self._call("PUT", f"alerts/{listed['id']}/verdict", {"verdict": opinion})

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.pipeline.notifier.url}/v1/{path}"
        bearer = {"Authorization": f"Bearer {OFFICER}"}
        answer = httpx.request(method, url, json=body, headers=bearer, timeout=10)
        assert answer.is_success, answer.text
        return answer.json()


@contextmanager
def run_site(environment: Mapping[str, str], folder: Path) -> Iterator[Site]:
    """A site on a Kafka and a Redis that are there."""
    write_pack(folder, LEADER_APPOINTED, ROCKETS_ON_ONE_PLACE % 3)
    variables = dict(environment) | {
        "VEDETTE_API_TOKENS_FILE": str(_write_people(folder)),
        "VEDETTE_WATCHDOG_SECONDS": "1",
    }
    with Pipeline(variables, folder) as pipeline:
        prometheus = Prometheus(pipeline.services, folder)
        with prometheus:
            prometheus.wait_scraped(len(pipeline.services))
            yield Site(pipeline, prometheus)


def _write_people(folder: Path) -> Path:
    path, digest = folder / "people.yaml", hashlib.sha256(OFFICER.encode()).hexdigest()
    path.write_text(f"{OFFICER}: {{token_sha256: {digest}, role: analyst}}\n")
    return path


def _report(number: int) -> Mapping[str, Any]:
    kind = number % 10
    if kind < 4:
        place = f"camp-{number // 10 % 3}"
        return {"id": f"r-{number}", "text": f"Rockets fell on {place}", "place": place}
    if kind == 4:
        return {"id": f"l-{number}", "title": f"Council {number} appoints a leader"}
    if kind == 5:
        return {"id": f"n-{number}"}
    return {"id": f"m-{number}", "text": f"The market opened, as on day {number}"}
