"""How topics that exist differ from those that were asked for, and what to do about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from services.counts import format_count

IN_SYNC = "min.insync.replicas"
RETENTION = "retention.ms"
"""Each installation has its own."""


@dataclass(frozen=True, slots=True)
class Given:
    """Which numbers were given, so that topics have to have them; defaults are for new ones."""

    partitions: bool
    replication: bool


def find_differences(
    client: KafkaAdminClient, requests: Mapping[str, Mapping[str, Any]], given: Given
) -> Iterator[str]:
    """A line for each difference of a topic; asks the broker."""
    described = {topic["name"]: topic for topic in client.describe_topics(list(requests))}
    settings = read_settings(client, requests)
    for name, request in requests.items():
        yield from compare_counts(described[name], request, given)
        yield from compare_settings(name, settings[name], request["configs"])


def read_settings(client: KafkaAdminClient, topics: Iterable[str]) -> dict[str, dict[str, str]]:
    """The settings of topics that exist, defaults too; asks the broker."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
    described = client.describe_configs(resources, config_filter="all").get("topic", {})
    return {
        topic: {name: setting["value"] for name, setting in settings.items()}
        for topic, settings in described.items()
    }


def compare_counts(
    topic: Mapping[str, Any], request: Mapping[str, Any], given: Given
) -> Iterator[str]:
    """How its partitions and replicas differ, by Kafka's words about it."""
    name, partitions = topic["name"], topic["partitions"]
    wanted = request["num_partitions"]
    if given.partitions and len(partitions) != wanted:
        yield (
            f"{name} has {format_count(len(partitions), 'partition')}, not {wanted}: "
            "give the number that it has, or see docs/operations/topics.md"
        )
    replicas = min(len(partition["replica_nodes"]) for partition in partitions)
    if given.replication and replicas != request["replication_factor"]:
        yield (
            f"{name} has {format_count(replicas, 'replica')}, not {request['replication_factor']}: "
            "move them with kafka-reassign-partitions"
        )


def compare_settings(
    name: str, known: Mapping[str, str], wanted: Mapping[str, str]
) -> Iterator[str]:
    """How its settings differ, but for how long it is kept."""
    for setting, value in wanted.items():
        if setting != RETENTION and known.get(setting) != value:
            change = f"kafka-configs --alter --topic {name} --add-config {setting}={value}"
            yield f"{name} has {setting}={known.get(setting)}, not {value}: {change}"
