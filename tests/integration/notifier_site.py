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
from schemas.topics import ALERTS, DEAD_LETTERS, LEDGER
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

    def tell(self, *alerts: Alert) -> None:
        """The matcher says all this."""
        told = [TopicMessage(wire(one), one.fingerprint.encode()) for one in alerts]
        parts.produce(self.kafka, self.prefix + ALERTS, told)

    def ledger(self) -> list[LedgerLine]:
        """Every line so far."""
        found = parts.read_all(self.kafka, self.prefix + LEDGER)
        return [LedgerLine.model_validate_json(one.value or b"") for one in found]

    def lines(self, receiver: str = "slack") -> list[tuple[int, Act]]:
        """Revision and act of each line of one receiver that says what people were told."""
        told = [one for one in self.ledger() if one.receiver == receiver and one.act in SHOWN]
        return [(one.revision, one.act) for one in told]

    def dead(self) -> list[TopicMessage]:
        """Every dead letter so far."""
        return parts.read_all(self.kafka, self.prefix + DEAD_LETTERS)

    def committed(self) -> bool:
        """Whether every offset of the alerts topic is committed."""
        group = f"{self.prefix.rstrip('.')}-notifier"
        return parts.drained(self.kafka, group, self.prefix + ALERTS)


def told_line(site: NotifierSite, receiver: str = "slack") -> None:
    """Wait until the receiver's first line stands in the ledger."""
    until(lambda: site.lines(receiver), f"a line of {receiver}", 30)


def unready(notifier: Service) -> dict[str, Any]:
    answer = httpx.get(f"{notifier.url}/readyz", timeout=5)
    found: dict[str, Any] = answer.json() if answer.status_code == 503 else {}
    return found


MakeSite = Callable[..., NotifierSite]


@contextmanager
def sites(kafka: str, topics: str, redis_url: str, folder: Path) -> Iterator[MakeSite]:
    """Makes a site with stand-ins, or a Redis, of one's own; all ends with the context."""
    with ExitStack() as stack:

        def make(slack: SlackStandIn | None = None, redis: str = redis_url) -> NotifierSite:
            first = stack.enter_context(slack or SlackStandIn())
            pager = stack.enter_context(PagerDutyStandIn())
            return NotifierSite(kafka, topics, redis, first, pager, folder, stack)

        yield make
