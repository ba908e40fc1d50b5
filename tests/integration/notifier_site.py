"""Kafka, Redis and stand-ins around notifiers that run as processes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from schemas.alert import Alert, Status
from schemas.ledger import SHOWN, Act, LedgerLine
from schemas.signal import Signal
from schemas.topics import ALERTS, DEAD_LETTERS, LEDGER, SIGNALS
from tests.notifier.alerts import wire
from tests.parts import topics as parts
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.slack import SlackStandIn

TIMEOUT = 1
POST = "chat.postMessage"
RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}


@dataclass
class NotifierSite:
    """Kafka, Redis and both stand-ins around any number of notifiers."""

    kafka: str
    prefix: str
    redis_url: str
    slack: SlackStandIn
    pager: PagerDutyStandIn
    folder: Path
    stack: ExitStack

    def notifier(self, *, ready: bool = True, **changes: str) -> Service:
        """One more notifier; it ends with the test."""
        variables = {
            "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "VEDETTE_TOPIC_PREFIX": self.prefix,
            "VEDETTE_REDIS_URL": self.redis_url,
            "VEDETTE_SLACK_TOKEN": "xoxb-t",
            "VEDETTE_SLACK_API_URL": f"{self.slack.url}/api/",
            "VEDETTE_PAGERDUTY_ROUTING_KEY": "k",
            "VEDETTE_PAGERDUTY_EVENTS_URL": self.pager.url,
            "VEDETTE_RECEIVER_TIMEOUT_SECONDS": str(TIMEOUT),
        }
        service = Service("notifier", variables | changes, self.folder)
        self.stack.callback(lambda: sys.stdout.write(service.tail()))  # shown if the test fails
        self.stack.enter_context(service)
        if ready:
            service.wait_ready()
        return service

    def publish(self, *alerts: Alert) -> None:
        """Put the alerts into the alerts topic, as the matcher does."""
        messages = [TopicMessage(wire(alert), alert.fingerprint.encode()) for alert in alerts]
        parts.produce(self.kafka, self.prefix + ALERTS, messages)

    def ledger(self) -> list[LedgerLine]:
        """Every line so far."""
        messages = parts.read_all(self.kafka, self.prefix + LEDGER)
        return [LedgerLine.model_validate_json(message.value or b"") for message in messages]

    def lines(self, receiver: str = "slack") -> list[tuple[int, Act]]:
        """Revision and act of each line of one receiver about something that people saw."""
        return [
            (line.revision, line.act)
            for line in self.ledger()
            if line.receiver == receiver and line.act in SHOWN
        ]

    def dead_letters(self) -> list[TopicMessage]:
        """Every dead letter so far."""
        return parts.read_all(self.kafka, self.prefix + DEAD_LETTERS)

    def signals(self) -> list[Signal]:
        """Every signal so far."""
        messages = parts.read_all(self.kafka, self.prefix + SIGNALS)
        return [Signal.model_validate_json(message.value or b"") for message in messages]

    def committed(self) -> bool:
        """Whether every offset of the alerts topic is committed."""
        group = f"{self.prefix.rstrip('.')}-notifier"
        return parts.is_drained(self.kafka, group, self.prefix + ALERTS)


def wait_for_line(site: NotifierSite, receiver: str = "slack") -> None:
    """Wait for the receiver's first line in the ledger."""
    until(lambda: site.lines(receiver), f"a line of {receiver}", 30)


def read_faults(notifier: Service) -> dict[str, Any]:
    answer = httpx.get(f"{notifier.admin_url}/readyz", timeout=5)
    faults: dict[str, Any] = answer.json() if answer.status_code == 503 else {}
    return faults


MakeSite = Callable[..., NotifierSite]


@contextmanager
def make_sites(kafka: str, topics: str, redis_url: str, folder: Path) -> Iterator[MakeSite]:
    """Yields a function that makes sites, all ended with the context."""
    with ExitStack() as stack:

        def make(slack: SlackStandIn | None = None, redis: str = redis_url) -> NotifierSite:
            slack_standin = stack.enter_context(slack or SlackStandIn())
            pager = stack.enter_context(PagerDutyStandIn())
            return NotifierSite(kafka, topics, redis, slack_standin, pager, folder, stack)

        yield make
