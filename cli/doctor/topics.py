"""The doctor's look at topics: they exist, and are configured as this release needs them."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.doctor.check_result import CheckResult, fault, good, note
from cli.topic_differences import read_settings
from schemas.topics import SIGNALS, TOPICS, Topic, topic_name
from services.counts import format_count
from services.matcher.adapters.state.changelog import changelog_name, matcher_group

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
    yield from _examine_windows(admin, prefix, len(partitions.get(topic_name(prefix, SIGNALS), ())))


def _examine_windows(admin: Any, prefix: str, signals: int) -> Iterator[CheckResult]:
    changelog = changelog_name(matcher_group(prefix))
    (described,) = admin.describe_topics([changelog])
    if described["error_code"]:
        yield note(changelog, "is missing", "the next matcher that starts makes it, empty")
    elif signals:
        yield judge_windows(changelog, len(described["partitions"]), signals)


def judge_windows(changelog: str, count: int, signals: int) -> CheckResult:
    """Whether windows are where their signals go."""
    text = f"windows in {format_count(count, 'partition')}, signals in {signals}"
    if count < signals:
        return fault(changelog, text, "vedette topics move-windows")
    if count > signals:
        return fault(
            changelog, text, f"recreate the signals topic with {format_count(count, 'partition')}"
        )
    return good(changelog, text)


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
        count = format_count(len(lacking), "partition lacks", "partitions lack")
        return fault(name, f"{count} replicas", UNDERREPLICATED)
    replicas = min(len(each["replica_nodes"]) for each in partitions)
    text = f"{format_count(len(partitions), 'partition')}, {format_count(replicas, 'replica')}"
    if replicas == 1:
        return note(name, text, "one broker lost loses it: in production 3 replicas")
    return good(name, text)
