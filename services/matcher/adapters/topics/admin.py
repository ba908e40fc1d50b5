"""What Kafka says of a topic when asked, and its settings. Everything here blocks.

Within `admin_client` each call raises `KafkaUnusable` where Kafka does not answer or refuses.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, for_code

from services.kafka_address import KafkaAddress
from services.matcher.adapters.topics.cluster import KafkaAbsent, KafkaUnusable

TIMEOUT_MS = 10_000


@contextmanager
def admin_client(address: KafkaAddress) -> Iterator[KafkaAdminClient]:
    """A connected client, closed at the end of the context."""
    try:
        client = KafkaAdminClient(
            **address.client_options(),
            bootstrap_timeout_ms=TIMEOUT_MS,
            request_timeout_ms=TIMEOUT_MS,
        )
        try:
            yield client
        finally:
            client.close()
    except KafkaError as error:
        raise KafkaAbsent(f"Kafka does not answer: {error!r}") from error


def retention(client: KafkaAdminClient, topic: str) -> timedelta | None:
    """How long the topic keeps a message; None if for ever, or if the broker does not say."""
    settings = read_settings(client, topic)
    kept_ms = settings.get("retention.ms", "-1")
    if kept_ms == "-1" or "compact" in settings.get("cleanup.policy", ""):
        return None
    return timedelta(milliseconds=int(kept_ms))


def topic_id(client: KafkaAdminClient, topic: str) -> str:
    """The id of the topic, which a topic recreated under its name does not have."""
    return str(describe_topic(client, topic)["topic_id"])


def describe_topic(client: KafkaAdminClient, topic: str) -> dict[str, Any]:
    """Its id and partitions, in the words of Kafka's Metadata response."""
    description: dict[str, Any] = client.describe_topics([topic])[0]
    if description["error_code"]:
        raise KafkaUnusable(f"topic {topic}: {for_code(description['error_code']).__name__}")
    return description


def count_replicas(description: Mapping[str, Any]) -> int:
    """The replicas of its partition that has fewest; -1 where the broker does not say."""
    counts = (len(partition["replica_nodes"]) for partition in description["partitions"])
    return min(counts, default=0) or -1


def read_settings(client: KafkaAdminClient, topic: str) -> dict[str, str]:
    """The settings of a topic, by name."""
    answer = client.describe_configs([_resource(topic)], config_filter="all")
    return {name: setting["value"] for name, setting in answer["topic"][topic].items()}


def change_settings(client: KafkaAdminClient, topic: str, settings: Mapping[str, str]) -> None:
    """Set some settings of a topic; the others stay."""
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, dict(settings))
    answer = client.alter_configs([resource], raise_on_unknown=False)["topic"][topic]
    if answer != "OK":
        raise KafkaUnusable(f"topic {topic} needs {settings}, and Kafka refuses: {answer}")


def _resource(topic: str) -> ConfigResource:
    return ConfigResource(ConfigResourceType.TOPIC, topic)
