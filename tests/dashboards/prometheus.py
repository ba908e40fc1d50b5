"""A real Prometheus with our alerts, which scrapes given services once a second."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.parts.child import ROOT, ChildProcess, free_port
from tests.parts.processes import Service
from tests.parts.waiting import until

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
NAMESPACE = "of-the-tests"
INTERVAL = "15s"
"""What Grafana would put for `$__rate_interval`; several scrapes."""
Series = Mapping[str, Any]


class NoPrometheus(Exception):
    """There is no prometheus here; the message says what to run."""


class Prometheus(ChildProcess):
    """Prometheus on a free port, its data in `folder`; targets have the labels that pods have."""

    def __init__(self, services: Mapping[str, Service], folder: Path) -> None:
        """Nothing is started yet: enter it."""
        binary = shutil.which("prometheus")
        if binary is None:
            raise NoPrometheus("prometheus is missing: run `make prometheus`")
        self.url = f"http://127.0.0.1:{free_port()}"
        config = folder / "prometheus.json"
        config.write_text(json.dumps(_configure(services)))
        command = [
            binary,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address={self.url.removeprefix('http://')}",
            "--enable-feature=exemplar-storage",
            "--log.level=warn",
        ]
        super().__init__(command, folder / "prometheus.log")

    def query(self, expression: str) -> list[Series]:
        """The answer now, one value a series."""
        return self._ask("query", {"query": expand(expression)})

    def query_range(self, expression: str, start: float, end: float) -> list[Series]:
        """The answers from `start` to `end`, one a second."""
        times = {"start": f"{start}", "end": f"{end}", "step": "1"}
        return self._ask("query_range", {"query": expand(expression)} | times)

    def exemplars(self, expression: str, start: float, end: float) -> list[Series]:
        """The exemplars of the series in the expression."""
        times = {"start": f"{start}", "end": f"{end}"}
        found: list[Series] = self._get("query_exemplars", {"query": expression} | times)
        return found

    def list_rules(self) -> list[Mapping[str, Any]]:
        """Every rule with what came of its last evaluation."""
        return [rule for group in self._get("rules", {})["groups"] for rule in group["rules"]]

    def wait_scraped(self, targets: int) -> None:
        """Return when so many targets answer."""
        until(lambda: len(self._list_up()) == targets, f"{targets} targets answer")

    def _list_up(self) -> list[Series]:
        try:
            return self.query("up == 1")
        except httpx.HTTPError:
            return []

    def _ask(self, kind: str, asked: Mapping[str, str]) -> list[Series]:
        answer: Sequence[Series] = self._get(kind, asked)["result"]
        return list(answer)

    def _get(self, kind: str, asked: Mapping[str, str]) -> Any:
        answer = httpx.get(f"{self.url}/api/v1/{kind}", params=dict(asked), timeout=10)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise AssertionError(f"{asked}: {answer.json()['error']}")
        return answer.raise_for_status().json()["data"]


def expand(expression: str) -> str:
    """The expression as Grafana asks it, for all namespaces and packs."""
    chosen = {"$namespace": ".*", "$pack": ".*", "$__rate_interval": INTERVAL}
    for variable, value in chosen.items():
        expression = expression.replace(variable, value)
    return expression


def _configure(services: Mapping[str, Service]) -> dict[str, Any]:
    targets = [
        {
            "targets": [service.admin_url.removeprefix("http://")],
            "labels": {"namespace": NAMESPACE, "service": service.name, "pod": pod},
        }
        for pod, service in services.items()
    ]
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": "vedette", "static_configs": targets}],
    }
