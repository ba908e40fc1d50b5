"""The embedded parts are real processes, so these tests carry the mark of real parts."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer
from redis import Redis

from cli.faults import CommandFailure
from cli.stack.child import end
from cli.stack.embedded import (
    STORIES,
    redis_url,
    start_broker,
    start_redis,
    start_stories,
    wait_for_broker,
    wait_for_redis,
)
from cli.stack.ports import find_free_ports
from cli.stack.stop import Stop
from schemas.envelope import dead_letter_headers

pytestmark = pytest.mark.integration


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    port = find_free_ports("127.0.0.1", {"broker": 0})["broker"]
    child = start_broker(port, tmp_path)
    try:
        wait_for_broker(child, port, Stop())
        yield f"127.0.0.1:{port}"
    finally:
        end([child], Stop())


def vedette(*arguments: str, broker: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "cli", *arguments],
        env={**os.environ, "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": broker},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def send(broker: str, topic: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    producer = KafkaProducer(bootstrap_servers=broker)
    try:
        producer.send(topic, value, key=b"k", headers=headers).get(10)
    finally:
        producer.close()


def test_what_is_produced_is_consumed(broker: str) -> None:
    vedette("topics", "create", broker=broker)

    send(broker, "vedette.events", b"hello", [])
    consumer = KafkaConsumer(
        "vedette.events",
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
        consumer_timeout_ms=10_000,
    )
    record = next(iter(consumer))
    consumer.close()

    assert (record.key, record.value) == (b"k", b"hello")


def test_topics_are_created_once_and_then_exist(broker: str) -> None:
    first = vedette("topics", "create", "--partitions", "2", broker=broker)
    second = vedette("topics", "create", broker=broker)

    assert "created  vedette.events  2 partitions" in first.stdout.splitlines()
    assert "exists   vedette.events  2 partitions" in second.stdout.splitlines()
    assert "exists   vedette.rules  1 partition" in second.stdout.splitlines()
    assert second.returncode == 0


def test_a_dead_letter_is_listed_with_its_reason_and_its_bytes(broker: str) -> None:
    vedette("topics", "create", broker=broker)
    headers = dead_letter_headers("too_late", "correlate", "vedette.signals", 3, 17)
    send(broker, "vedette.dead-letters", b"\xff{", headers)

    listed = vedette("dead-letters", "list", "--format", "json", broker=broker)

    described = json.loads(listed.stdout)
    assert (described["reason"], described["where"]) == ("too_late", "correlate")
    assert (described["topic"], described["partition"], described["offset"]) == (
        "vedette.signals",
        "3",
        "17",
    )
    assert (described["key"], described["value_base64"]) == ("k", "/3s=")


def test_dead_letters_without_a_topic_is_one_line_and_exit_code_2(broker: str) -> None:
    listed = vedette("dead-letters", "list", broker=broker)

    assert listed.returncode == 2
    assert listed.stderr.splitlines() == [
        "vedette: no topic vedette.dead-letters: create it with `vedette topics create`"
    ]


def test_the_acts_on_an_alert_are_shown_in_order_of_time(broker: str) -> None:
    vedette("topics", "create", broker=broker)
    for act, second in (("resolved", 9), ("notified", 1)):
        line = {
            "at": f"2026-11-22T12:00:0{second}Z",
            "act": act,
            "fingerprint": "f1",
            "alert": "a1",
            "revision": second,
            "reason": "because",
        }
        send(broker, "vedette.ledger", json.dumps(line).encode(), [])

    shown = vedette("ledger", "show", "a1", "--format", "json", broker=broker)
    unknown = vedette("ledger", "show", "a2", broker=broker)

    assert [json.loads(line)["act"] for line in shown.stdout.splitlines()] == [
        "notified",
        "resolved",
    ]
    assert unknown.returncode == 2
    assert unknown.stderr.splitlines() == [
        "vedette: no line about a2 in vedette.ledger: is it an alert's fingerprint or id?"
    ]


@pytest.fixture
def redis_client(tmp_path: Path) -> Iterator[Redis]:
    child = start_redis(tmp_path)
    try:
        wait_for_redis(child, tmp_path, Stop())
        with Redis.from_url(redis_url(tmp_path), decode_responses=True) as client:
            yield client
    finally:
        end([child], Stop())


def test_redis_runs_as_the_notifier_asks_for_it(redis_client: Redis) -> None:
    asked = redis_client.config_get("appendonly", "appendfsync", "maxmemory-policy")

    assert asked == {
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
    }


def test_the_redis_of_stories_is_another_one_that_evicts(tmp_path: Path) -> None:
    child = start_stories(tmp_path)
    try:
        wait_for_redis(child, tmp_path, Stop())
        with Redis.from_url(redis_url(tmp_path, STORIES), decode_responses=True) as client:
            asked = client.config_get("appendonly", "maxmemory", "maxmemory-policy")
    finally:
        end([child], Stop())

    assert asked == {
        "appendonly": "no",
        "maxmemory": str(64 * 2**20),
        "maxmemory-policy": "allkeys-lru",
    }


def test_only_this_user_reaches_redis_and_reads_its_files(
    tmp_path: Path, redis_client: Redis
) -> None:
    redis_client.set("key", "value")

    assert redis_client.config_get("port") == {"port": "0"}
    assert tmp_path.joinpath("redis.sock").is_socket()
    assert [path.name for path in tmp_path.rglob("*") if path.lstat().st_mode & 0o077] == []
    assert list(tmp_path.rglob("appendonly*"))


def test_a_path_too_long_for_a_socket_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match="set TMPDIR to a shorter path"):
        start_redis(tmp_path / ("x" * 100))


def test_a_broker_whose_port_a_stranger_took_is_named_with_its_log(
    tmp_path: Path, broker: str
) -> None:
    taken = int(broker.rpartition(":")[2])
    child = start_broker(taken, tmp_path)
    child.process.wait(10)

    with pytest.raises(CommandFailure, match="the embedded broker did not start"):
        wait_for_broker(child, taken, Stop())


def test_a_dead_letter_is_sent_again_once(broker: str) -> None:
    vedette("topics", "create", broker=broker)
    headers = dead_letter_headers("no time", "detect", "vedette.events", 3, 17)
    send(broker, "vedette.dead-letters", b"{}", headers)

    dry_run = vedette("dead-letters", "retry", "--dry-run", broker=broker)
    first = vedette("dead-letters", "retry", broker=broker)
    second = vedette("dead-letters", "retry", broker=broker)
    listed = vedette("dead-letters", "list", "--format", "json", broker=broker)

    assert "vedette.events/3@17  no time" in dry_run.stdout
    assert "1 of 1 open dead letter sent again, as 1 message" in first.stdout
    assert "0 of 0 open dead letters" in second.stdout
    assert listed.stdout == ""
    consumer = KafkaConsumer(
        "vedette.events",
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
        consumer_timeout_ms=10_000,
    )
    assert next(consumer).value == b"{}"
    consumer.close()
