"""The reader of the rules topic: what it asks Kafka, and on which connection."""

import asyncio
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition

from schemas.bundle import BUNDLE_KEY, NUMBER_KEY, WINDOWS_MOVE_KEY
from services.matcher.adapters.rules.rules_topic import RulesTopicReader
from services.matcher.adapters.topics.cluster import KafkaAbsent
from tests.matcher.messages import Given

RULES = TopicPartition("rules", 0)


@dataclass
class PollingConsumer:
    """A consumer with a fetch in flight until `answered`: its other requests wait behind that."""

    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        await self.answered.wait()
        return dict.fromkeys(partitions, 0)


@dataclass
class IdleConsumer:
    """A consumer that polls nothing; the topic ends at `end`."""

    end: int = 0

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.end)


async def test_a_partition_that_comes_does_not_wait_for_the_long_poll_of_the_topic() -> None:
    topic = RulesTopicReader(PollingConsumer(), IdleConsumer(), RULES)

    await asyncio.wait_for(topic.caught_up(), 60)


async def test_it_waits_for_what_is_in_the_topic_and_not_yet_read() -> None:
    topic = RulesTopicReader(PollingConsumer(), IdleConsumer(end=1), RULES)

    catching_up = asyncio.create_task(topic.caught_up())
    done, _ = await asyncio.wait([catching_up], timeout=0.05)
    catching_up.cancel()

    assert not done


def test_no_worker_begins_while_windows_are_moved() -> None:
    topic = RulesTopicReader(IdleConsumer(), IdleConsumer(), RULES)
    topic.read.take([Given(b"{}", key=WINDOWS_MOVE_KEY)])

    with pytest.raises(KafkaAbsent, match="vedette topics move-windows"):
        topic.require_windows_at_rest()

    topic.read.take([Given(None, key=WINDOWS_MOVE_KEY)])
    topic.require_windows_at_rest()


def test_records_that_take_numbers_say_nothing() -> None:
    topic = RulesTopicReader(IdleConsumer(), IdleConsumer(), RULES)
    bundle = Given(b"{}", key=BUNDLE_KEY, offset=7)

    read = topic.read.take([Given(None, key=NUMBER_KEY, offset=6), bundle])

    assert [each.number for each in read] == [8]
