"""The whole pipeline: plain processes, on a Kafka and a Redis that somebody else started."""

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
OTHER_TOKEN = "another-token-of-the-tests"  # noqa: S105  (as above)
SERVICES = ("ingest", "matcher", "notifier")
# the load of tests and benchmarks comes from one token
NO_LIMITS = {
    "VEDETTE_INGEST_REPORTS_PER_SECOND": "1000000",
    "VEDETTE_INGEST_BYTES_PER_SECOND": "1000000000",
    "VEDETTE_STORM_GROUPS_PER_MINUTE": "1000000",
}
# many processes start at once, maybe on a machine with more to do
START_SECONDS = 120.0


class Pipeline:
    """Ingest, matcher and notifier, with stand-ins for Slack and PagerDuty.

    The rules are those that `write_pack` has put into `folder`. There is one of each service, or
    as many as `replicas` says; `own` has variables of one kind of service alone.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        folder: Path,
        replicas: Mapping[str, int] | None = None,
        own: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.slack = SlackStandIn()
        self.pager = PagerDutyStandIn()
        self._parts = ExitStack()
        shared = NO_LIMITS | {
            "VEDETTE_RULES_DIR": str(folder / "pack"),
            "VEDETTE_INGEST_TOKENS_FILE": str(_tokens(folder)),
            "VEDETTE_TICK_SECONDS": "0.3",
            "VEDETTE_SLACK_TOKEN": "xoxb-of-the-tests",
            "VEDETTE_SLACK_API_URL": self.slack.url,
            "VEDETTE_PAGERDUTY_ROUTING_KEY": "r" * 32,
            "VEDETTE_PAGERDUTY_EVENTS_URL": self.pager.url,
        }
        self.variables = shared | dict(environment)
        wanted = dict.fromkeys(SERVICES, 1) | dict(replicas or {})
        self.services = {
            f"{name}-{number}": Service(
                name, self.variables | dict((own or {}).get(name, {})), folder
            )
            for name in SERVICES
            for number in range(wanted[name])
        }

    @property
    def ingest(self) -> Service:
        """The first of its kind."""
        return self.services["ingest-0"]

    @property
    def matcher(self) -> Service:
        """The first of its kind."""
        return self.services["matcher-0"]

    @property
    def notifier(self) -> Service:
        """The first of its kind."""
        return self.services["notifier-0"]

    def __enter__(self) -> Self:
        with ExitStack() as parts:
            parts.enter_context(self.slack)
            parts.enter_context(self.pager)
            for service in self.services.values():
                parts.enter_context(service)
            for service in self.services.values():
                service.wait_ready(START_SECONDS)
            self._parts = parts.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._parts.close()

    def post(
        self, *events: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Post events as one NDJSON request; returns the answer, whatever it is."""
        return self.send(ndjson(events), "application/x-ndjson", headers=headers)

    def send(
        self,
        body: bytes,
        kind: str,
        bearer: str = TOKEN,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Post raw bytes."""
        own = {"content-type": kind, "authorization": f"Bearer {bearer}"}
        return httpx.post(
            f"{self.ingest.url}/v1/events",
            content=body,
            headers=own | dict(headers or {}),
            timeout=30,
        )


def name_servers(bootstrap: str, prefix: str, redis_url: str) -> dict[str, str]:
    """The variables of a Kafka with the prefix of its topics, and of a Redis."""
    return {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "VEDETTE_TOPIC_PREFIX": prefix,
        "VEDETTE_REDIS_URL": redis_url,
    }


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
    wire = f"wire: {{sha256: {_digest(TOKEN)}, owner: wire-ltd, reliability: B}}\n"
    path.write_text(f"{wire}evil: {{sha256: {_digest(OTHER_TOKEN)}}}\n")
    return path


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def ndjson(events: Iterable[Mapping[str, Any]]) -> bytes:
    """The body of a request, one event a line."""
    return "\n".join(json.dumps(event) for event in events).encode()
