"""The matcher as a process on real Kafka, as its tests start it, feed it and read it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.alert import Alert, Status
from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, SIGNALS, topic_name
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage, is_drained, lag, produce, read_all
from tests.parts.waiting import until

ROCKETS = """
title: Rocket fire
name: rocket_fire
logsource: {category: report}
detection:
  rockets: {words|phrase: [rocket*]}
  condition: rockets
group-by: [place]
level: high
resolve_after: %s
alert:
  summary: "Rockets on {{ place }}"
"""
MARCH = """
title: A group endorses the march
name: march_endorsed
logsource: {category: report}
detection:
  march: {words|phrase: [million-man march]}
  condition: march
level: informational
---
title: Three endorse one march
name: joint_march
correlation:
  type: value_count
  rules: [march_endorsed]
  timespan: 7d
  condition: {field: actors, gte: 3}
level: high
"""


def event(name: str, **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    whole = {"id": name, "source": "wire", "title": "Rockets fell", "place": "Taji"}
    return whole | {"occurred_at": now, "recorded_at": now} | changes


def message(body: Mapping[str, Any] | Sequence[Any], partition: int | None = None) -> TopicMessage:
    key = None if isinstance(body, Sequence) else f"{body['source']} {body['id']}".encode()
    return TopicMessage(json.dumps(body).encode(), key, partition=partition)


class MatcherTopics:
    """The matcher's topics on one Kafka, as a test reads and writes them."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.group = f"{prefix}matcher"

    @property
    def variables(self) -> dict[str, str]:
        """Where they are, for a service or a command."""
        return {
            "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "VEDETTE_TOPIC_PREFIX": self.prefix,
        }

    def name(self, topic: str) -> str:
        return topic_name(self.prefix, topic)

    def send(self, *messages: TopicMessage) -> None:
        produce(self.bootstrap, self.name(EVENTS), messages)

    def read(self, topic: str) -> list[TopicMessage]:
        return read_all(self.bootstrap, self.name(topic))

    @property
    def alerts(self) -> list[Alert]:
        return [Alert.model_validate_json(message.value or b"") for message in self.read(ALERTS)]

    @property
    def statuses(self) -> list[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]

    @property
    def dead_letters(self) -> list[TopicMessage]:
        return self.read(DEAD_LETTERS)

    def wait_alerts(self, number: int, timeout: float = 60.0) -> list[Alert]:
        def are_enough() -> bool:
            return len(self.alerts) >= number

        until(are_enough, f"{number} alerts", timeout)
        return self.alerts

    def alerts_of(self, place: str) -> list[Alert]:
        return [alert for alert in self.alerts if alert.group.get("place") == place]

    @property
    def values(self) -> dict[str, float | None]:
        """The value of each place's last alert."""
        return {alert.group["place"]: alert.value for alert in self.alerts}

    @contextmanager
    def next_alert(self) -> Iterator[Callable[[], None]]:
        """Yields a wait for the next alert message that ends within milliseconds of it."""
        with closing(KafkaConsumer(bootstrap_servers=self.bootstrap)) as consumer:
            topic = self.name(ALERTS)
            numbers = until(lambda: consumer.partitions_for_topic(topic), "the alerts exist")
            consumer.assign([TopicPartition(topic, number) for number in numbers])
            consumer.seek_to_end()
            for partition in consumer.assignment():
                consumer.position(partition)
            yield lambda: until(lambda: consumer.poll(timeout_ms=100), "an alert", 60.0) and None

    def is_drained(self) -> bool:
        return all(
            is_drained(self.bootstrap, self.group, self.name(topic)) for topic in (EVENTS, SIGNALS)
        )

    def wait_until_drained(self, timeout: float = 60.0) -> None:
        until(self.is_drained, "everything is committed", timeout)

    def lag(self, topic: str) -> int:
        return sum(lag(self.bootstrap, self.group, self.name(topic)).values())


@contextmanager
def matcher(matcher_topics: MatcherTopics, folder: Path, **variables: str) -> Iterator[Service]:
    """A matcher, not started, on the pack in `folder`; one tick an hour unless set."""
    own = matcher_topics.variables | {
        "VEDETTE_RULES_DIR": str(folder / "pack"),
        "VEDETTE_STORM_GROUPS_PER_MINUTE": "1000000",
        "VEDETTE_TICK_SECONDS": "3600",
    }
    service = Service("matcher", own | variables, folder)
    try:
        yield service
    finally:
        service.kill()


def start_ready(service: Service) -> Service:
    service.start()
    service.wait_ready()
    return service
