"""The topic that the table is recovered from: kept by key for ever, and compacted fast."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from services import telemetry
from services.matcher.adapters.topics.cluster import KafkaUnusable

log = telemetry.logger(__name__)

DELETIONS_KEPT_SECONDS = 6 * 60 * 60
ADMIN_TIMEOUT_MS = 10_000

CONFIG = {
    # by key alone: with `delete` beside it, a window that nothing touches would be lost with time
    "cleanup.policy": "compact",
    # recovery reads every update since the last compaction, and the newest segment is never
    # compacted: small segments, soon closed, and cleaned when a tenth of them is stale
    "segment.bytes": str(2 * 1024 * 1024),
    "segment.ms": str(60 * 1000),
    "min.cleanable.dirty.ratio": "0.1",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": str(60 * 60 * 1000),
    # a kept copy that was away may not miss a deletion; longer, and recovery reads the deletions
    # of windows that are long gone
    "delete.retention.ms": str(DELETIONS_KEPT_SECONDS * 1000),
}


@dataclass(frozen=True, slots=True)
class Changelog:
    """The topic as found: its name, and an identity that no other topic ever had."""

    topic: str
    identity: str


def ensure_changelog(bootstrap: str, topic: str, partitions: int) -> Changelog:
    """Have the table's changelog topic, replicated as the broker does by default. Blocks.

    One that is there and is kept otherwise is told to be kept as it has to be.

    Raises:
        KafkaUnusable: it cannot be had, or has another number of partitions than the signals topic.
    """
    with _admin(bootstrap) as admin:
        _create(admin, NewTopic(topic, partitions, -1, topic_configs=CONFIG))
        found = _described(admin, topic)
        if (count := len(found["partitions"])) != partitions:
            raise KafkaUnusable(
                f"topic {topic} has {count} partitions and the signals topic {partitions}: "
                "windows cannot follow; use a new topic prefix or recreate both"
            )
        _configure(admin, topic)
        cluster = admin.describe_cluster()["cluster_id"]
        return Changelog(topic, f"{cluster} {topic} {found['topic_id']}")


def retention(bootstrap: str, topic: str) -> timedelta | None:
    """How long the topic keeps a message; None if for ever, or if the broker does not say. Blocks.

    Raises:
        KafkaUnusable: Kafka does not answer.
    """
    with _admin(bootstrap) as admin:
        told = _settings(admin, topic)
        for_ever = told.get("retention.ms", "-1") == "-1" or "compact" in told.get(
            "cleanup.policy", ""
        )
        return None if for_ever else timedelta(milliseconds=int(told["retention.ms"]))


@contextmanager
def _admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","),
            bootstrap_timeout_ms=ADMIN_TIMEOUT_MS,
            request_timeout_ms=ADMIN_TIMEOUT_MS,
        )
        try:
            yield admin
        finally:
            admin.close()
    except KafkaError as error:
        raise KafkaUnusable(f"Kafka does not answer: {error!r}") from error


def _create(admin: KafkaAdminClient, topic: NewTopic) -> None:
    answer = admin.create_topics([topic], raise_errors=False, wait_for_metadata=True)
    for told in answer["topics"]:
        if told["error_code"] not in (0, TopicAlreadyExistsError.errno):
            why = told["error_message"] or for_code(told["error_code"]).__name__
            raise KafkaUnusable(f"topic {topic.name}: {why}")


def _described(admin: KafkaAdminClient, topic: str) -> dict[str, Any]:
    found: dict[str, Any] = admin.describe_topics([topic])[0]
    if found["error_code"]:
        raise KafkaUnusable(f"topic {topic}: {for_code(found['error_code']).__name__}")
    return found


def _configure(admin: KafkaAdminClient, topic: str) -> None:
    known = _settings(admin, topic)
    wrong = {name: value for name, value in CONFIG.items() if known.get(name) != value}
    if not wrong:
        return
    log.warning("the changelog was kept otherwise", topic=topic, now=wrong)
    answer = admin.alter_configs([_resource(topic, wrong)], raise_on_unknown=False)
    refused = answer["topic"][topic]
    if refused != "OK":
        raise KafkaUnusable(
            f"topic {topic} must be kept with {wrong}, and Kafka refuses: {refused}"
        )


def _settings(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    told = admin.describe_configs([_resource(topic)], config_filter="all")["topic"][topic]
    return {name: setting["value"] for name, setting in told.items()}


def _resource(topic: str, settings: dict[str, str] | None = None) -> ConfigResource:
    return ConfigResource(ConfigResourceType.TOPIC, topic, settings)
