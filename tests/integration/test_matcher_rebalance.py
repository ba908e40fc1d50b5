"""Workers join and leave under load, with a table, with and without the consumer's remedies.

The storm runs once as the matcher does and once on Faust's own consumer. Without
any one remedy of `services.matcher.adapters.stream.consumer` the first test fails.
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from tests.integration.storm_worker import (
    COMMIT_SECONDS,
    IN,
    OUT,
    PARTITIONS,
    SETTLED,
    changelog,
    group,
)
from tests.parts.child import ChildProcess
from tests.parts.topics import TopicMessage, is_drained, lag, read_all
from tests.parts.waiting import NotInTime, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

KEYS = 200
PER_SECOND = 500
STEADY_SECONDS = 1.5
MAX_REPEATS = PER_SECOND * COMMIT_SECONDS / 10
LONGEST_DRAIN = 40.0


@dataclass
class RebalanceLoad:
    """Events sent at a steady rate from a thread, until stopped."""

    bootstrap: str
    topic: str
    sent: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with closing(KafkaProducer(bootstrap_servers=self.bootstrap, acks="all")) as producer:
            while not self.stop.wait(0.02):
                for number in range(self.sent, self.sent + PER_SECOND // 50):
                    key = b"k%d" % (number % KEYS)
                    producer.send(self.topic, b"e%d" % number, key)
                    self.sent += 1
            producer.flush()


@dataclass
class Storm:
    """The workers of one storm."""

    bootstrap: str
    prefix: str
    kind: str
    folder: Path
    workers: list[ChildProcess] = field(default_factory=list)

    def join(self) -> None:
        """One more worker; it works for a while."""
        command = [sys.executable, "-m", "tests.integration.storm_worker"]
        arguments = [self.bootstrap, self.prefix, self.kind]
        log = self.folder / f"worker-{len(self.workers)}.log"
        worker = ChildProcess([*command, *arguments], log).start()
        self.workers.append(worker)
        until(lambda: SETTLED in worker.text(), "the worker has settled", 30.0)
        time.sleep(STEADY_SECONDS)

    def leave(self, number: int) -> None:
        """Stop one worker with SIGTERM; the others work for a while."""
        assert self.workers[number].terminate() == 0, self.workers[number].tail()
        time.sleep(STEADY_SECONDS)

    def rebalance(self) -> None:
        """Four joins and two orderly leaves, with a rebalance at each."""
        self.join()
        self.join()
        self.join()
        self.leave(0)
        self.join()
        self.leave(1)

    def kill(self) -> None:
        """SIGKILL one of the two that are left."""
        self.workers[2].kill()


@dataclass(frozen=True)
class Damage:
    """What a storm lost or repeated; `repeats` before the kill, which may repeat an interval."""

    stalled: dict[int, int]
    missing: int
    repeats: int
    wrong: int

    @property
    def is_acceptable(self) -> bool:
        """Whether nothing was lost and next to nothing repeated."""
        complete = not (self.stalled or self.missing or self.wrong)
        return complete and self.repeats <= MAX_REPEATS


@contextmanager
def storm(bootstrap: str, prefix: str, kind: str, folder: Path) -> Iterator[Storm]:
    running = Storm(bootstrap, prefix, kind, folder)
    try:
        yield running
    finally:
        for worker in running.workers:
            worker.kill()


@pytest.fixture
def storm_topics(kafka: str, topic_prefix: str) -> str:
    compacted = {"cleanup.policy": "compact"}
    wanted = [
        NewTopic(topic_prefix + IN, PARTITIONS, 1),
        NewTopic(topic_prefix + OUT, PARTITIONS, 1),
        NewTopic(changelog(topic_prefix), PARTITIONS, 1, topic_configs=compacted),
    ]
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.create_topics(wanted, wait_for_metadata=True)
    return topic_prefix


def measure_damage(kafka: str, prefix: str, kind: str, folder: Path) -> Damage:
    load = RebalanceLoad(kafka, prefix + IN)
    sending = threading.Thread(target=load.run)
    with storm(kafka, prefix, kind, folder) as running:
        sending.start()
        try:
            running.rebalance()
            repeats = _repeats(kafka, prefix)
            running.kill()
        finally:
            load.stop.set()
            sending.join()
        stalled = _stalled(kafka, prefix)
    missing, wrong = _lost(kafka, prefix, load.sent)
    return Damage(stalled, missing, repeats, wrong)


def _repeats(kafka: str, prefix: str) -> int:
    forwarded = read_all(kafka, prefix + OUT)
    return len(forwarded) - len({_parse(message)[0] for message in forwarded})


def _stalled(kafka: str, prefix: str) -> dict[int, int]:
    try:
        until(
            lambda: is_drained(kafka, group(prefix), prefix + IN), "all is committed", LONGEST_DRAIN
        )
    except NotInTime:
        return {p: n for p, n in lag(kafka, group(prefix), prefix + IN).items() if n}
    return {}


def _lost(kafka: str, prefix: str, sent: int) -> tuple[int, int]:
    """How many events were never forwarded, and of how many keys the table has a wrong count."""
    forwarded = [_parse(message) for message in read_all(kafka, prefix + OUT)]
    most: Counter[int] = Counter()
    for number, count in forwarded:
        most[number % KEYS] = max(most[number % KEYS], count)
    wanted = Counter(number % KEYS for number in range(sent))
    wrong = sum(most[key] != count for key, count in wanted.items())
    return sent - len({number for number, _ in forwarded}), wrong


def _parse(message: TopicMessage) -> tuple[int, int]:
    name, count = (message.value or b"").split()
    return int(name[1:]), int(count)


def test_a_storm_of_joins_and_leaves_and_a_kill_loses_and_repeats_nothing(
    kafka: str, storm_topics: str, tmp_path: Path
) -> None:
    damage = measure_damage(kafka, storm_topics, "mended", tmp_path)

    assert damage.is_acceptable, damage


def test_the_same_storm_breaks_without_the_remedies(
    kafka: str, storm_topics: str, tmp_path: Path
) -> None:
    damage = measure_damage(kafka, storm_topics, "plain", tmp_path)

    assert not damage.is_acceptable, damage
