"""The topic that the table is recovered from: kept by key for ever, and compacted fast."""

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError, for_code

from schemas.topics import KAFKA_TIME
from services import telemetry
from services.kafka_address import KafkaAddress
from services.matcher.adapters.topics.admin import (
    admin_client,
    change_settings,
    describe_topic,
    read_settings,
)
from services.matcher.adapters.topics.cluster import KafkaUnusable

log = telemetry.logger(__name__)

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


def ensure_changelog(address: KafkaAddress, topic: str, partitions: int) -> None:
    """Create the changelog topic, or change the settings of one that has others. Blocks.

    It is replicated as the broker does by default.

    Raises:
        KafkaUnusable: Kafka refuses, or the topic has another number of partitions.
    """
    with admin_client(address) as client:
        _create(client, NewTopic(topic, partitions, -1, topic_configs=CONFIG))
        if (count := len(describe_topic(client, topic)["partitions"])) != partitions:
            raise KafkaUnusable(
                f"topic {topic} has {count} partitions and the signals topic {partitions}: "
                "windows cannot follow; use a new topic prefix or recreate both"
            )
        _configure(client, topic)


def _create(client: KafkaAdminClient, topic: NewTopic) -> None:
    response = client.create_topics([topic], raise_errors=False, wait_for_metadata=True)
    for answer in response["topics"]:
        code = answer["error_code"]
        if code not in (0, TopicAlreadyExistsError.errno):
            why = answer["error_message"] or for_code(code).__name__
            raise KafkaUnusable(f"topic {topic.name}: {why}")


def _configure(client: KafkaAdminClient, topic: str) -> None:
    known = read_settings(client, topic)
    wrong = {name: value for name, value in CONFIG.items() if known.get(name) != value}
    if wrong:
        log.warning("the settings of the changelog are changed", topic=topic, now=wrong)
        change_settings(client, topic, wrong)
