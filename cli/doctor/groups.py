"""The doctor's look at consumer groups: somebody reads, and how far behind."""

from collections.abc import Iterator, Mapping
from typing import Any

from kafka import TopicPartition
from kafka.errors import GroupIdNotFoundError

from cli.doctor.check_result import CheckResult, fault, good, note
from schemas.topics import ALERTS, EVENTS, SIGNALS, topic_name
from services.counts import format_count
from services.matcher.adapters.state.changelog import matcher_group
from services.notifier.adapters.membership import notifier_group

READS = {"matcher": (EVENTS, SIGNALS), "notifier": (ALERTS,)}
FAR_BEHIND = 10_000


def name_groups(prefix: str) -> dict[str, str]:
    """The consumer group of each service that reads."""
    return {
        "matcher": matcher_group(prefix),
        "notifier": notifier_group(prefix),
    }


def examine_groups(admin: Any, consumer: Any, prefix: str) -> Iterator[CheckResult]:
    """The group of each service; both are clients of kafka-python."""
    for service, group in name_groups(prefix).items():
        members = count_members(admin, group)
        topics = [topic_name(prefix, name) for name in READS[service]]
        commits = admin.list_group_offsets([group])[group]
        offsets = {partition: each.offset for partition, each in commits.items()}
        yield judge_group(group, members, measure_lag(consumer, topics, offsets))


def count_members(admin: Any, group: str) -> int | None:
    """The members of a group; 0 also of one that there never was; None where they are not told."""
    try:
        return len(admin.describe_groups([group])[group]["members"])
    except GroupIdNotFoundError:
        return 0
    except ValueError:  # the embedded broker allows operations that kafka-python has no name for
        return None


def measure_lag(consumer: Any, topics: list[str], offsets: Mapping[TopicPartition, int]) -> int:
    """Messages that the group has not processed."""
    partitions = [
        TopicPartition(topic, number)
        for topic in topics
        for number in consumer.partitions_for_topic(topic) or ()
    ]
    ends, begins = consumer.end_offsets(partitions), consumer.beginning_offsets(partitions)
    return sum(max(0, ends[each] - max(offsets.get(each, 0), begins[each])) for each in partitions)


def judge_group(group: str, members: int | None, lag: int) -> CheckResult:
    """How a group is; `members` is None where the broker does not tell them."""
    counted = "members not told" if members is None else format_count(members, "member")
    subject, text = f"group {group}", f"{counted}, {format_count(lag, 'message')} behind"
    if members == 0:
        return fault(subject, text, "no service of it runs: look at its pods and their logs")
    if lag > FAR_BEHIND:
        return note(subject, text, "add matchers up to the partitions, and see docs/runbooks/")
    return good(subject, text)
