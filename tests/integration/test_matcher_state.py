"""Windows on real Kafka: they survive kills, and their changelog is compacted."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from faust.types import TP
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from schemas.topics import SIGNALS
from services.kafka_address import KafkaAddress
from services.matcher.adapters.state.changelog import CONFIG, ensure_changelog
from services.matcher.adapters.state.recovery import ChangelogBatch, read_batches
from services.matcher.adapters.topics.admin import (
    admin_client,
    describe_topic,
    read_settings,
    retention,
    topic_id,
)
from services.matcher.adapters.topics.cluster import KafkaUnusable
from tests.integration.matcher_site import (
    MARCH,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.matcher.adapters.rules.packs import changed
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage, produce
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

MARCHES = changed(MARCH, "  timespan: 7d", "  group-by: [place]\n  timespan: %s")
PLACES = [f"Place {number}" for number in range(16)]

T = TypeVar("T")


def ask(kafka: str, call: Callable[..., T], *arguments: Any) -> T:
    """What an administrator's call answers."""
    with admin_client(KafkaAddress(kafka)) as client:
        return call(client, *arguments)


@dataclass
class Reports:
    """Endorsements of a march, in every place: there are windows in every partition."""

    matcher_topics: MatcherTopics

    def send(self, actor: str, places: list[str]) -> None:
        title = "They call for a million-man march"
        self.matcher_topics.send(
            *(
                message(event(f"{actor} {place}", title=title, actors=[actor], place=place))
                for place in places
            )
        )

    def send_two_of_three(self) -> None:
        self.send("a", PLACES)
        self.send("b", PLACES)
        self.matcher_topics.wait_until_drained()

    def third_completes(self, places: list[str]) -> bool:
        """Send the third report; whether each alert counts all three."""
        self.send("c", places)
        self.matcher_topics.wait_until_drained()
        values = {alert.group["place"]: alert.value for alert in self.matcher_topics.alerts}
        return all(values.get(place) == 3 for place in places)


def recovered(service: Service) -> int:
    """How many changelog messages the recovery has read."""
    (line,) = (
        line
        for line in service.metrics().splitlines()
        if line.startswith("vedette_matcher_recovered_messages_total")
    )
    return int(float(line.split()[1]))


def read_notes(service: Service) -> dict[str, str]:
    notes: dict[str, str] = httpx.get(f"{service.admin_url}/readyz", timeout=5).json()["notes"]
    return notes


def test_windows_survive_a_kill(matcher_topics: MatcherTopics, tmp_path: Path) -> None:
    write_pack(tmp_path, MARCHES % "60d")
    reports = Reports(matcher_topics)
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        reports.send_two_of_three()
        service.kill()
        start_ready(service)

        assert recovered(service) > len(PLACES)
        assert reports.third_completes(PLACES)
        # the windows hold four months, the events topic one
        assert "joint_march" in read_notes(service)["look back"]


def test_hits_of_a_recreated_signals_topic_are_no_repeats(
    matcher_topics: MatcherTopics, tmp_path: Path, admin: KafkaAdminClient
) -> None:
    write_pack(tmp_path, MARCHES % "7d")
    reports, signals = Reports(matcher_topics), matcher_topics.name(SIGNALS)
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        reports.send_two_of_three()
        service.kill()
        partitions = len(describe_topic(admin, signals)["partitions"])
        _delete(matcher_topics.bootstrap, signals)
        admin.create_topics([NewTopic(signals, partitions, 1)], wait_for_metadata=True)
        start_ready(service)

        assert reports.third_completes(PLACES)


def _delete(bootstrap: str, topic: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.delete_topics([topic])
        until(lambda: topic not in admin.list_topics(), "the topic is gone")


@pytest.fixture
def admin(kafka: str) -> Iterator[KafkaAdminClient]:
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as client:
        yield client


def test_a_changelog_with_other_settings_is_changed_in_those_alone(
    kafka: str, admin: KafkaAdminClient, topic_prefix: str
) -> None:
    name, own = f"{topic_prefix}changelog", {"flush.messages": "7", "cleanup.policy": "delete"}
    admin.create_topics([NewTopic(name, 2, 1, topic_configs=own)], wait_for_metadata=True)

    for _ in range(2):
        ask(kafka, ensure_changelog, name, 2)

    assert (CONFIG | {"flush.messages": "7"}).items() <= read_settings(admin, name).items()
    with pytest.raises(KafkaUnusable, match="2 partitions"):
        ask(kafka, ensure_changelog, name, 3)


def test_a_topic_that_is_recreated_has_another_id(kafka: str, topic_prefix: str) -> None:
    name = f"{topic_prefix}changelog"
    ask(kafka, ensure_changelog, name, 1)
    first, again = ask(kafka, topic_id, name), ask(kafka, topic_id, name)
    _delete(kafka, name)
    ask(kafka, ensure_changelog, name, 1)

    assert ask(kafka, topic_id, name) != first == again


def test_the_retention_of_a_topic_is_read(
    kafka: str, admin: KafkaAdminClient, topic_prefix: str
) -> None:
    names = [f"{topic_prefix}{kind}" for kind in ("hour", "ever", "key")]
    settings = [
        {"retention.ms": "3600000"},
        {"retention.ms": "-1"},
        {"cleanup.policy": "compact"},
    ]
    topics = [
        NewTopic(name, 1, 1, topic_configs=own) for name, own in zip(names, settings, strict=True)
    ]
    admin.create_topics(topics, wait_for_metadata=True)

    hour, ever, key = (ask(kafka, retention, name) for name in names)

    assert hour is not None
    assert (hour.total_seconds(), ever, key) == (3600, None, None)


def test_recovery_reads_little_more_than_the_live_entries(kafka: str, topic_prefix: str) -> None:
    keys, updates, size = 20, 60_000, 400
    name = f"{topic_prefix}changelog"
    ask(kafka, ensure_changelog, name, 1)
    entries = [
        TopicMessage(b"%0400d" % number, b"0:%d" % (number % keys)) for number in range(updates)
    ]
    produce(kafka, name, entries)
    newest = int(CONFIG["segment.bytes"]) // size

    def is_compacted() -> bool:
        return asyncio.run(_count(kafka, TP(name, 0), updates)) < newest * 1.1 + keys

    until(is_compacted, "the changelog is compacted", 60.0)


def test_a_tombstone_is_read_as_a_deletion(kafka: str, topic_prefix: str) -> None:
    name = f"{topic_prefix}changelog"
    ask(kafka, ensure_changelog, name, 1)
    produce(
        kafka,
        name,
        [TopicMessage(b"1", b"0:a"), TopicMessage(None, b"0:a"), TopicMessage(b"2", b"0:b")],
    )

    batches = asyncio.run(_read_batches(kafka, TP(name, 0), 3))

    assert [entry for batch in batches for entry in batch.entries] == [
        (b"0:a", b"1"),
        (b"0:a", None),
        (b"0:b", b"2"),
    ]
    assert batches[-1].offset == 2


async def _read_batches(kafka: str, tp: TP, end: int) -> list[ChangelogBatch]:
    return [batch async for batch in read_batches({"bootstrap_servers": kafka}, {tp: (0, end)})]


async def _count(kafka: str, tp: TP, end: int) -> int:
    await asyncio.sleep(1)
    return sum(len(batch.entries) for batch in await _read_batches(kafka, tp, end))
