"""The topic that the table is recovered from: kept by key for ever, and compacted fast."""

from collections.abc import Mapping
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError, for_code

from schemas.topics import KAFKA_TIME
from services import telemetry
from services.counts import format_count
from services.matcher.adapters.topics.admin import (
    change_settings,
    count_replicas,
    describe_topic,
    read_settings,
)
from services.matcher.adapters.topics.cluster import KafkaAbsent, KafkaUnusable

log = telemetry.logger(__name__)

TABLE = "windows"
CONFIG = KAFKA_TIME | {
    # by key alone: with `delete` beside it, a window that nothing touches would be lost with time
    "cleanup.policy": "compact",
    # recovery reads every update since the last compaction, and the newest segment is never
    # compacted: small segments, soon closed, and cleaned when a tenth of them is stale
    "segment.bytes": str(2 * 1024 * 1024),
    "segment.ms": str(60 * 1000),
    "min.cleanable.dirty.ratio": "0.1",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": str(60 * 60 * 1000),
    # longer than a recovery takes, which may not miss a deletion; and no longer than that, since
    # it reads the deletions of windows that are long gone
    "delete.retention.ms": str(60 * 60 * 1000),
}


IN_SYNC = "min.insync.replicas"


class WindowsElsewhere(KafkaAbsent):
    """The windows are divided by fewer partitions than the signals topic has."""


def matcher_group(prefix: str) -> str:
    """The consumer group: one for each prefix, so that two stacks on one Kafka do not meet."""
    return f"{prefix}matcher"


def changelog_name(group: str) -> str:
    """The topic that the table of this consumer group is recovered from."""
    return f"{group}-{TABLE}-changelog"


@dataclass(frozen=True, slots=True)
class Durability:
    """How many replicas a topic has, and how many must acknowledge; or as the broker does."""

    replicas: int = -1
    in_sync: str | None = None


BROKERS = Durability()


def read_durability(client: KafkaAdminClient, topic: str) -> Durability:
    """Those of a topic. Blocks."""
    in_sync = read_settings(client, topic).get(IN_SYNC)
    return Durability(count_replicas(describe_topic(client, topic)), in_sync)


def ensure_changelog(
    client: KafkaAdminClient, topic: str, partitions: int, durability: Durability = BROKERS
) -> None:
    """Create the changelog topic, or change the settings of one that has others. Blocks.

    Replicas of one that exists are not moved: too few are logged.

    Raises:
        WindowsElsewhere: it has fewer partitions: they are to be moved.
        KafkaUnusable: Kafka refuses, or it has more.
    """
    in_sync = durability.in_sync
    wanted = CONFIG if in_sync is None else CONFIG | {IN_SYNC: in_sync}
    _create(client, NewTopic(topic, partitions, durability.replicas, topic_configs=wanted))
    _warn_of_few(topic, count_replicas(describe_topic(client, topic)), durability.replicas)
    _compare_partitions(topic, len(describe_topic(client, topic)["partitions"]), partitions)
    _configure(client, topic, wanted)


def _compare_partitions(topic: str, count: int, wanted: int) -> None:
    if count < wanted:
        raise WindowsElsewhere(
            f"topic {topic} has {format_count(count, 'partition')} and the signals topic {wanted}: "
            "run `vedette topics move-windows`"
        )
    if count > wanted:
        raise KafkaUnusable(
            f"topic {topic} has {format_count(count, 'partition')} and the signals topic {wanted}: "
            f"recreate the signals topic with {count}"
        )


def _warn_of_few(topic: str, count: int, wanted: int) -> None:
    if count < wanted:
        log.warning("fewer replicas than the signals topic", topic=topic, has=count, needs=wanted)


def _create(client: KafkaAdminClient, topic: NewTopic) -> None:
    response = client.create_topics([topic], raise_errors=False, wait_for_metadata=True)
    for answer in response["topics"]:
        code = answer["error_code"]
        if code not in (0, TopicAlreadyExistsError.errno):
            why = answer["error_message"] or for_code(code).__name__
            raise KafkaUnusable(f"topic {topic.name}: {why}")


def _configure(client: KafkaAdminClient, topic: str, wanted: Mapping[str, str]) -> None:
    known = read_settings(client, topic)
    wrong = {name: value for name, value in wanted.items() if known.get(name) != value}
    if wrong:
        log.warning("the settings of the changelog are changed", topic=topic, now=wrong)
        change_settings(client, topic, wrong)
