"""The cluster: what it says of topics whose partitions change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from services.matcher.adapters.topics.cluster import KafkaCluster


@dataclass
class FakeClient:
    """aiokafka's client, and the metadata that it has."""

    counts: Mapping[str, int] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)

    @property
    def cluster(self) -> Self:
        return self

    def set_topics(self, topics: Iterable[str]) -> None:
        self.topics = list(topics)

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return set(range(self.counts[topic])) if topic in self.counts else None


def cluster(now: Mapping[str, int]) -> KafkaCluster:
    client: Any = FakeClient(now)
    followed = KafkaCluster(client)
    followed.follow({"events": 4, "signals": 8})
    assert client.topics == ["events", "signals"]
    return followed


@pytest.mark.parametrize("now", [{}, {"events": 4}, {"events": 4, "signals": 8}])
def test_topics_as_at_the_start_or_not_known_have_no_added_partitions(
    now: Mapping[str, int],
) -> None:
    assert cluster(now).find_added_partitions() is None


def test_the_topic_with_added_partitions_is_named() -> None:
    added = cluster({"events": 4, "signals": 9}).find_added_partitions()

    assert added == "topic signals has 9 partitions now, and had 8 at the start"


@dataclass
class AnsweringClient(FakeClient):
    """It answers each poll."""

    async def force_metadata_update(self) -> bool:
        return True


@pytest.mark.parametrize("deleted", ["events", "alerts"])
async def test_a_topic_that_was_deleted_is_named_with_the_way_out(deleted: str) -> None:
    counts = {"events": 4, "alerts": 4}
    client: Any = AnsweringClient(counts)
    watched = KafkaCluster(client)
    watched.follow({"events": 4}, ["alerts"])
    await watched.poll()
    before = watched.find_missing_topic()

    del counts[deleted]
    await watched.poll()

    assert before is None
    missing = f"topic {deleted} is missing: create it with `vedette topics create`"
    assert watched.find_missing_topic() == missing


def test_before_the_first_poll_no_topic_is_missing() -> None:
    assert cluster({}).find_missing_topic() is None
