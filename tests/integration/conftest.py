"""Real Kafka and Redis, one of each a session; topics and a database of its own for each test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import note_kafka
from tests.integration.matcher_site import MARCH, ROCKETS, MatcherTopics
from tests.integration.notifier_site import MakeSite, NotifierSite, make_sites
from tests.parts import topics as topic_parts
from tests.parts.kafka import VERSION, KafkaNode, in_docker, is_docker_up
from tests.parts.pipeline import name_servers, write_pack
from tests.parts.redis_server import RedisNode


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[str]:
    """The bootstrap servers of a real Kafka; the summary says which."""
    with _some_kafka(request) as (bootstrap, kind):
        note_kafka(request.config, f"{kind} at {bootstrap}")
        yield bootstrap


@pytest.fixture
def own_kafka(request: pytest.FixtureRequest) -> Iterator[KafkaNode]:
    """A started Apache Kafka for one test alone, to kill, freeze and restart."""
    node = KafkaNode.create()
    try:
        yield node.start()
    finally:
        node.close(keep_log=bool(request.session.testsfailed))


@pytest.fixture(scope="session")
def redis_node() -> Iterator[RedisNode]:
    """The session's redis-server; a test that stops it starts it again."""
    node = RedisNode.create()
    try:
        yield node.start()
    finally:
        node.close()


@pytest.fixture
def own_redis() -> Iterator[RedisNode]:
    """A started redis-server for one test alone, to kill, freeze and restart."""
    node = RedisNode.create()
    try:
        yield node.start()
    finally:
        node.close()


@pytest.fixture(scope="session")
def redis_databases() -> Iterator[int]:
    """Database numbers that no test has used."""
    return count(1)


@pytest.fixture
def redis_url(redis_node: RedisNode, redis_databases: Iterator[int]) -> str:
    """An empty database on a durable Redis."""
    return redis_node.url(next(redis_databases))


@pytest.fixture
def topic_prefix() -> str:
    """A prefix that no other test has, of this run or another."""
    return f"test-{uuid4().hex[:12]}."


@pytest.fixture
def topics(kafka: str, topic_prefix: str) -> str:
    """Every topic, with four partitions; returns the prefix."""
    return topic_parts.create(kafka, topic_prefix)


@pytest.fixture
def servers(kafka: str, topics: str, redis_url: str) -> dict[str, str]:
    """The variables that name this test's Kafka, topics and Redis."""
    return name_servers(kafka, topics, redis_url)


@pytest.fixture
def matcher_topics(kafka: str, topics: str) -> MatcherTopics:
    """The matcher's topics, empty, on the shared Kafka."""
    return MatcherTopics(kafka, topics)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder with a pack of two rules."""
    write_pack(tmp_path, ROCKETS % "24h", MARCH)
    return tmp_path


@pytest.fixture
def make_site(kafka: str, topics: str, redis_url: str, tmp_path: Path) -> Iterator[MakeSite]:
    """A function that makes sites of notifiers that share Kafka and Redis."""
    with make_sites(kafka, topics, redis_url, tmp_path) as make:
        yield make


@pytest.fixture
def site(make_site: MakeSite) -> NotifierSite:
    """One site of notifiers, with stand-ins of its own."""
    return make_site()


@contextmanager
def _some_kafka(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    if given := os.environ.get("VEDETTE_TEST_KAFKA"):
        yield given, "the running Kafka of VEDETTE_TEST_KAFKA"
    elif is_docker_up():
        with in_docker() as bootstrap:
            yield bootstrap, f"Apache Kafka {VERSION} in Docker"
    else:
        node = KafkaNode.create()
        try:
            yield node.start().bootstrap, f"Apache Kafka {VERSION} as a process"
        finally:
            node.close(keep_log=bool(request.session.testsfailed))
