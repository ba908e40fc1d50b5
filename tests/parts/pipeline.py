"""The whole pipeline: three plain processes, on a Kafka and a Redis that somebody else started."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx

from tests.parts.processes import Service
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.slack import SlackStandIn

TOKEN = "a-token-of-the-tests"  # noqa: S105  (known to the tests alone)


class Pipeline:
    """Ingest, matcher and notifier, with stand-ins for Slack and PagerDuty.

    The rules are those that `write_pack` has put into `folder`.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.slack = SlackStandIn()
        self.pager = PagerDutyStandIn()
        self._parts = ExitStack()
        shared = {
            "VEDETTE_RULES_DIR": str(folder / "pack"),
            "VEDETTE_INGEST_TOKENS_FILE": str(_tokens(folder)),
            "VEDETTE_TICK_SECONDS": "0.3",
            "VEDETTE_SLACK_TOKEN": "xoxb-of-the-tests",
            "VEDETTE_SLACK_API_URL": self.slack.url,
            "VEDETTE_PAGERDUTY_ROUTING_KEY": "r" * 32,
            "VEDETTE_PAGERDUTY_EVENTS_URL": self.pager.url,
        }
        variables = shared | dict(environment)
        self.ingest, self.matcher, self.notifier = (
            Service(name, variables, folder) for name in ("ingest", "matcher", "notifier")
        )

    def __enter__(self) -> Self:
        with ExitStack() as parts:
            for part in (self.slack, self.pager, self.ingest, self.matcher, self.notifier):
                parts.enter_context(part)
            for service in (self.ingest, self.matcher, self.notifier):
                service.wait_ready()
            self._parts = parts.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._parts.close()

    def post(self, *events: Mapping[str, Any]) -> httpx.Response:
        """Post events as one NDJSON request; returns the answer, whatever it is."""
        return self.send(_ndjson(events), "application/x-ndjson")

    def send(self, body: bytes, kind: str, bearer: str = TOKEN) -> httpx.Response:
        """Post raw bytes."""
        return httpx.post(
            f"{self.ingest.url}/v1/events",
            content=body,
            headers={"content-type": kind, "authorization": f"Bearer {bearer}"},
            timeout=30,
        )


def write_pack(folder: Path, *rules: str) -> Path:
    """A rule pack of `rules`, one file each; returns its folder."""
    indicators = folder / "pack" / "indicators"
    indicators.mkdir(parents=True)
    (folder / "pack" / "pack.yaml").write_text("title: Of the tests\nowner: tests\n")
    for number, rule in enumerate(rules):
        (indicators / f"rule_{number}.yaml").write_text(rule)
    return folder / "pack"


def _tokens(folder: Path) -> Path:
    path = folder / "tokens.yaml"
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    path.write_text(f"wire: {{sha256: {digest}, owner: wire-ltd, reliability: B}}\n")
    return path


def _ndjson(events: Iterable[Mapping[str, Any]]) -> bytes:
    return "\n".join(json.dumps(event) for event in events).encode()
