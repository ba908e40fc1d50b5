"""Workers of ingest over a feed, on real Kafka and Redis, killed again and again."""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.parts import topics as topic_parts
from tests.parts.child import ChildProcess, free_port
from tests.parts.processes import bare_environment
from tests.parts.waiting import until
from tests.standins.feed import FeedStandIn

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

SOURCE = """
kind: feed
id: desk
owner: The desk
reliability: B
url: {url}
private_hosts: [127.0.0.1]
poll: 10s
"""
KILLS = 3
SEED = 20261127


@pytest.fixture
def feed() -> Iterator[FeedStandIn]:
    with FeedStandIn() as server:
        server.publish("0", "The first report")
        yield server


@pytest.fixture
def workers(
    servers: dict[str, str], feed: FeedStandIn, tmp_path: Path
) -> Iterator[list[ChildProcess]]:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "desk.yaml").write_text(SOURCE.format(url=feed.url))
    shared = servers | {
        "VEDETTE_SOURCES_DIR": str(folder),
        "VEDETTE_HOST": "127.0.0.1",
    }
    with ExitStack() as stack:
        yield [stack.enter_context(worker(shared, tmp_path, number)) for number in range(2)]


def worker(shared: dict[str, str], folder: Path, number: int) -> ChildProcess:
    own = {"VEDETTE_PORT": str(free_port())}
    command = [sys.executable, "-m", "tests.integration.pull_worker"]
    return ChildProcess(command, folder / f"worker-{number}.log", bare_environment() | shared | own)


def published(kafka: str, topics: str) -> list[dict[str, str]]:
    messages = topic_parts.read_all(kafka, f"{topics}events")
    values = [json.loads(message.value or b"") for message in messages]
    return [event for each in values for event in (each if isinstance(each, list) else [each])]


def test_workers_that_are_killed_at_any_time_lose_no_report_and_never_fetch_twice(
    kafka: str, topics: str, feed: FeedStandIn, workers: list[ChildProcess]
) -> None:
    chance = random.Random(SEED)  # noqa: S311  (repeatable)
    until(lambda: feed.requests, "one of two workers fetches")
    time.sleep(1.5)
    assert len(feed.requests) == 1

    for number in range(1, KILLS + 1):
        feed.publish(str(number), f"Report {number}")
        feed.publish(str(number - 1), f"Report {number - 1}, corrected")
        feed.requests.clear()
        for each in workers:
            each.kill()
            each.start()
        until(lambda: feed.requests, "another worker fetches")
        time.sleep(chance.random() / 2)

    wanted = {f"Report {number}, corrected" for number in range(KILLS)} | {f"Report {KILLS}"}
    until(lambda: wanted <= titles(kafka, topics).keys(), "all is there")
    events = published(kafka, topics)
    corrections = [event for event in events if "supersedes" in event]
    assert {event["id"].partition("#")[0] for event in corrections} == {
        event["supersedes"] for event in corrections
    }
    assert max(titles(kafka, topics).values()) <= KILLS + 1
    assert {(event["source"], event["source_owner"]) for event in events} == {("desk", "The desk")}


def titles(kafka: str, topics: str) -> Counter[str]:
    return Counter(event["title"] for event in published(kafka, topics))
