"""The harness that every other integration test uses."""

import re
import sys
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from kafka import KafkaConsumer, TopicPartition

from schemas.topics import ALERTS, EVENTS, RULES
from tests.parts import topics as parts
from tests.parts.child import ChildProcess, Died
from tests.parts.kafka import KafkaNode
from tests.parts.processes import Service
from tests.parts.redis_server import RedisNode
from tests.parts.topics import TopicMessage
from tests.parts.waiting import NotInTime, until

pytestmark = pytest.mark.integration


def test_what_is_produced_is_read_with_key_headers_and_order(kafka: str, topics: str) -> None:
    sent = [TopicMessage(f"{n}".encode(), b"k", {"ce_id": b"x"}) for n in range(50)]

    parts.produce(kafka, topics + EVENTS, sent)
    read = parts.read_all(kafka, topics + EVENTS)

    assert [message.value for message in read] == [message.value for message in sent]
    assert {(message.key, message.headers["ce_id"]) for message in read} == {(b"k", b"x")}


def test_an_empty_topic_reads_as_nothing(kafka: str, topics: str) -> None:
    assert parts.read_all(kafka, topics + ALERTS) == []


def test_only_the_rules_topic_has_one_partition(kafka: str, topics: str) -> None:
    counted = {name: len(parts.lag(kafka, "nobody", topics + name)) for name in (EVENTS, RULES)}

    assert counted == {EVENTS: 4, RULES: 1}


def test_lag_is_what_a_group_has_not_committed(kafka: str, topics: str) -> None:
    parts.produce(kafka, topics + EVENTS, [TopicMessage(b"v", partition=2) for _ in range(5)])
    group, partition = f"g-{uuid4().hex}", TopicPartition(topics + EVENTS, 2)

    before = parts.lag(kafka, group, topics + EVENTS)
    consumer = KafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
    consumer.assign([partition])
    consumer.seek(partition, 5)
    consumer.commit()
    consumer.close()

    assert before == {0: 0, 1: 0, 2: 5, 3: 0}
    assert parts.is_drained(kafka, group, topics + EVENTS)


def test_a_killed_kafka_has_what_it_acknowledged(own_kafka: KafkaNode) -> None:
    prefix = parts.create(own_kafka.bootstrap, "k.", partitions=1)
    parts.produce(own_kafka.bootstrap, prefix + EVENTS, [TopicMessage(b"kept")])

    own_kafka.kill()
    own_kafka.start()

    messages = parts.read_all(own_kafka.bootstrap, prefix + EVENTS)
    assert [message.value for message in messages] == [b"kept"]


def test_each_test_has_a_database_of_its_own(
    redis_node: RedisNode, redis_url: str, topic_prefix: str
) -> None:
    with redis.Redis.from_url(redis_url) as client, redis.Redis.from_url(redis_node.url()) as other:
        client.set(topic_prefix, "here")

        assert client.dbsize() == 1
        assert not other.exists(topic_prefix)


def test_a_killed_redis_has_what_it_acknowledged(own_redis: RedisNode) -> None:
    with redis.Redis.from_url(own_redis.url()) as client:
        client.set("kept", "yes")
        policy = client.config_get("append*") | client.config_get("maxmemory-policy")

    own_redis.kill()
    own_redis.start()

    with redis.Redis.from_url(own_redis.url()) as client:
        assert client.get("kept") == b"yes"
    assert policy["appendonly"] == "yes"
    assert policy["appendfsync"] == "always"
    assert policy["maxmemory-policy"] == "noeviction"


def test_a_child_that_ends_says_why(tmp_path: Path) -> None:
    child = ChildProcess(
        [sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path / "log"
    )

    child.start().wait()

    with pytest.raises(Died, match="no such thing"):
        child.check()


def test_a_child_is_gone_after_its_block(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]

    with ChildProcess(command, tmp_path / "log") as child:
        alive = child.running

    assert alive
    assert not child.running


def test_a_service_sees_only_the_variables_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEDETTE_TOPIC_PREFIX", "of-the-shell.")

    service = Service("ingest", {"VEDETTE_LOG_LEVEL": "DEBUG"}, tmp_path)

    variables = {name for name in service.environment or {} if name.startswith("VEDETTE_")}
    of_every_test = {
        f"VEDETTE_{name}" for name in ("HOST", "PORT", "ADMIN_PORT", "WATCHDOG_SECONDS")
    }
    assert variables == of_every_test | {"VEDETTE_LOG_LEVEL"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", service.url)


def test_a_wait_that_fails_names_what_was_waited_for() -> None:
    with pytest.raises(NotInTime, match="pigs fly"):
        until(lambda: False, "pigs fly", timeout=0.1)
