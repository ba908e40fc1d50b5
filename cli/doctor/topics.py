"""The doctor's look at topics: they exist, and are configured as this release needs them."""

from collections.abc import Iterator, Mapping
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType

from cli.doctor.check_result import CheckResult, fault, good, note
from schemas.topics import TOPICS, Topic, topic_name

UNDERREPLICATED = "a broker is away, or its disk is full: look at Kafka"


def examine_topics(admin: Any, prefix: str) -> Iterator[CheckResult]:
    """Each topic of this release; `admin` is a client of kafka-python."""
    names = {topic_name(prefix, topic.name): topic for topic in TOPICS}
    described = {each["name"]: each for each in admin.describe_topics(list(names))}
    for name, topic in names.items():
        found = described.get(name)
        if found is None or found["error_code"]:
            yield fault(name, "is missing, or we may not see it", "vedette topics create, or ACLs")
        else:
            yield judge_topic(name, topic, found["partitions"], _read_settings(admin, name))


def judge_topic(
    name: str, topic: Topic, partitions: list[Any], settings: Mapping[str, str]
) -> CheckResult:
    """How a topic is that exists."""
    wrong = {key: value for key, value in topic.config().items() if settings.get(key) != value}
    if wrong:
        now = ", ".join(f"{key} is {settings.get(key)} and not {wrong[key]}" for key in wrong)
        return note(
            name, now, f"kafka-configs.sh --alter --entity-type topics --entity-name {name}"
        )
    lacking = [each for each in partitions if len(each["isr_nodes"]) < len(each["replica_nodes"])]
    if lacking:
        return fault(name, f"{len(lacking)} partitions lack replicas", UNDERREPLICATED)
    replicas = min(len(each["replica_nodes"]) for each in partitions)
    text = f"{len(partitions)} partitions, {replicas} replicas"
    if replicas == 1:
        return note(name, text, "one broker lost loses it: in production 3 replicas")
    return good(name, text)


def _read_settings(admin: Any, name: str) -> dict[str, str]:
    resource = ConfigResource(ConfigResourceType.TOPIC, name)
    answer = admin.describe_configs([resource], config_filter="all")
    return {key: setting["value"] for key, setting in answer["topic"][name].items()}
