"""The notifier's consumer in its group, on a real Kafka."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from kafka import KafkaConsumer

from schemas.topics import ALERTS
from services.kafka_address import KafkaAddress
from services.notifier.adapters.deleted_offsets import (
    NO_SUCH_OFFSET,
    continue_from,
    find_starts,
)
from services.notifier.adapters.membership import Membership
from services.notifier.adapters.stream import connect
from tests.notifier.alerts import alert, wire
from tests.parts import topics as parts
from tests.parts.kafka import KafkaNode
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = pytest.mark.integration


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def consumer(kafka: str, prefix: str) -> Iterator[KafkaConsumer]:
    opened = connect(KafkaAddress(kafka), prefix + ALERTS, f"{prefix}g", 500)
    try:
        yield opened
    finally:
        opened.close(timeout_ms=2000)


def poll(member: Membership) -> object:
    """The member's poll; a new group begins at the first offset, as in the stream."""
    try:
        return member.poll()
    except NO_SUCH_OFFSET as fault:
        continue_from(member.consumer, find_starts(member.consumer, fault), 5_000)
        return None


def test_a_topic_created_after_the_join_is_read(kafka: str, topic_prefix: str) -> None:
    # polls of a millisecond: the join that the new topic causes fits into none
    with consumer(kafka, topic_prefix) as alerts:
        member = Membership(alerts, now, poll_ms=1)
        until(lambda: poll(member) or member.state == "<stable>", "it is a member", 20)

        parts.create(kafka, topic_prefix)
        parts.produce(kafka, topic_prefix + ALERTS, [TopicMessage(wire(alert()), b"k")])

        until(lambda: poll(member), "the alert arrives", 40)


def test_waiting_for_a_join_does_not_spin(kafka: str, topic_prefix: str) -> None:
    with consumer(kafka, topic_prefix) as alerts:
        member = Membership(alerts, now)
        until(lambda: poll(member) or member.state == "<stable>", "it is a member", 20)

        parts.create(kafka, topic_prefix)
        until(lambda: poll(member) or alerts.assignment(), "it has partitions", 40)
        busy = time.process_time()
        for _ in range(10):
            poll(member)

    assert time.process_time() - busy < 1


def test_two_members_share_the_partitions_and_one_inherits(kafka: str, topics: str) -> None:
    with consumer(kafka, topics) as first, consumer(kafka, topics) as second:
        members = Membership(first, now), Membership(second, now)
        ended = threading.Event()
        thread = threading.Thread(target=lambda: _poll_until(members[1], ended))
        thread.start()
        until(
            lambda: (
                poll(members[0]) or (len(first.assignment()), len(second.assignment())) == (2, 2)
            ),
            "two partitions each",
            30,
        )
        ended.set()
        thread.join(10)
        second.close(timeout_ms=2000)
        until(lambda: poll(members[0]) or len(first.assignment()) == 4, "the first has all", 30)


def _poll_until(member: Membership, ended: threading.Event) -> None:
    while not ended.is_set():
        poll(member)


def test_readyz_says_whether_kafka_answers(
    own_kafka: KafkaNode, redis_url: str, tmp_path: Path
) -> None:
    prefix = parts.create(own_kafka.bootstrap, "r.")
    variables = {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": own_kafka.bootstrap,
        "VEDETTE_TOPIC_PREFIX": prefix,
        "VEDETTE_REDIS_URL": redis_url,
    }
    with Service("notifier", variables, tmp_path) as notifier:
        notifier.wait_ready()

        own_kafka.kill()
        faults = until(lambda: _faults(notifier), "it says so", 20)
        own_kafka.start()
        until(notifier.ready, "ready again", 60)
        parts.produce(own_kafka.bootstrap, prefix + ALERTS, [TopicMessage(wire(alert()), b"k")])
        until(lambda: "3 proxies" in notifier.text(), "the alert arrives", 30)

    assert "kafka does not answer" in faults["kafka"]


def _faults(notifier: Service) -> dict[str, str]:
    answer = httpx.get(f"{notifier.admin_url}/readyz", timeout=10)
    faults: dict[str, str] = answer.json()["faults"]
    return faults
