"""The doctor's look at topics: they exist, and are configured as this release needs them."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.doctor.check_result import CheckResult, fault, good, note
from cli.topic_differences import read_settings
from schemas.topics import TOPICS, Topic, topic_name

UNDERREPLICATED = "a broker is away, or its disk is full: look at Kafka"


def examine_topics(admin: Any, prefix: str) -> Iterator[CheckResult]:
    """Each topic of this release; `admin` is a client of kafka-python."""
    names = {topic_name(prefix, topic.name): topic for topic in TOPICS}
    described = admin.describe_topics(list(names))
    partitions = {each["name"]: each["partitions"] for each in described if not each["error_code"]}
    settings = read_settings(admin, partitions)
    for name, topic in names.items():
        if name in partitions:
            yield judge_topic(name, topic, partitions[name], settings[name])
        else:
            yield fault(name, "is missing, or we may not see it", "vedette topics create, or ACLs")


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
