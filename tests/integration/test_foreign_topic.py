"""A topic of somebody else's, on a real Kafka."""

import json
from collections.abc import Iterator

import pytest

from services.ingest.adapters.pulling.foreign_topic import ForeignTopic, TopicAddress
from services.ingest.domain.fetching.failure import FetchFailed
from services.ingest.domain.sources.kafka_messages import ForeignMessage
from services.kafka_address import KafkaAddress
from tests.parts import topics as topic_parts
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = pytest.mark.integration


@pytest.fixture
def address(kafka: str, topics: str) -> TopicAddress:
    # any topic of several partitions
    return TopicAddress(KafkaAddress(kafka), f"{topics}ledger", f"{topics}reader", "latest")


@pytest.fixture
def opened(address: TopicAddress) -> Iterator[ForeignTopic]:
    topic = ForeignTopic.open(address)
    yield topic
    topic.close()


def send(address: TopicAddress, *numbers: int) -> None:
    values = [TopicMessage(json.dumps(number).encode()) for number in numbers]
    topic_parts.produce(address.kafka.servers, address.topic, values)


def read(topic: ForeignTopic, count: int) -> list[ForeignMessage]:
    messages: list[ForeignMessage] = []

    def has_enough() -> bool:
        messages.extend(topic.poll())
        return len(messages) >= count

    until(has_enough, "messages come")
    return messages


def numbers_of(messages: list[ForeignMessage]) -> list[int]:
    return sorted(json.loads(message.value or b"") for message in messages)


def test_a_group_begins_at_the_end_and_misses_nothing_between_two_readings(
    address: TopicAddress,
) -> None:
    send(address, 1, 2)
    ForeignTopic.open(address).close()
    send(address, 3, 4, 5)

    topic = ForeignTopic.open(address)

    assert numbers_of(read(topic, 3)) == [3, 4, 5]
    topic.close()


def test_what_is_not_committed_comes_again(address: TopicAddress, opened: ForeignTopic) -> None:
    send(address, 1, 2, 3)
    messages = read(opened, 3)
    opened.commit(messages[:1])

    again = ForeignTopic.open(address)

    assert numbers_of(read(again, 2)) == numbers_of(messages[1:])
    again.close()


def test_a_topic_that_does_not_exist_is_named(address: TopicAddress) -> None:
    none = TopicAddress(address.kafka, "no-such-topic", address.group, "latest")

    with pytest.raises(FetchFailed, match="no-such-topic"):
        ForeignTopic.open(none)
