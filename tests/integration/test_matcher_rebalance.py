"""Workers join and leave under load, with a table: the consumer's remedies, shown by their lack.

The storm runs once as the matcher does and once on Faust's own consumer. Take a remedy out of
`services.matcher.adapters.stream.consumer` and the first fails; the second says why they are there.
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
from tests.parts.topics import TopicMessage, drained, lag, read_all
from tests.parts.waiting import NotInTime, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

KEYS = 200
A_SECOND = 500
STEADY_SECONDS = 1.5
MOST_REPEATS = A_SECOND * COMMIT_SECONDS / 10
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
                for number in range(self.sent, self.sent + A_SECOND // 50):
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
        """One worker goes in order; the others work for a while."""
        assert self.workers[number].terminate() == 0, self.workers[number].tail()
        time.sleep(STEADY_SECONDS)

    def blow(self) -> None:
        """Four joins and two orderly leaves: no fewer rebalances."""
        self.join()
        self.join()
        self.join()
        self.leave(0)
        self.join()
        self.leave(1)

    def kill(self) -> None:
        """One of the two that are left is gone at once."""
        self.workers[2].kill()


@dataclass(frozen=True)
class Damage:
    """What a storm has cost; `repeats` before the kill, which may cost a commit interval."""

    stalled: dict[int, int]
    missing: int
    repeats: int
    wrong: int

    @property
    def bearable(self) -> bool:
        """Whether it cost next to nothing."""
        whole = not (self.stalled or self.missing or self.wrong)
        return whole and self.repeats <= MOST_REPEATS


@contextmanager
def storm(bootstrap: str, prefix: str, kind: str, folder: Path) -> Iterator[Storm]:
    blowing = Storm(bootstrap, prefix, kind, folder)
    try:
        yield blowing
    finally:
        for worker in blowing.workers:
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


def damage(kafka: str, prefix: str, kind: str, folder: Path) -> Damage:
    load = RebalanceLoad(kafka, prefix + IN)
    sending = threading.Thread(target=load.run)
    with storm(kafka, prefix, kind, folder) as blowing:
        sending.start()
        try:
            blowing.blow()
            repeats = _repeats(kafka, prefix)
            blowing.kill()
        finally:
            load.stop.set()
            sending.join()
        stalled = _stalled(kafka, prefix)
    missing, wrong = _lost(kafka, prefix, load.sent)
    return Damage(stalled, missing, repeats, wrong)


def _repeats(kafka: str, prefix: str) -> int:
    told = read_all(kafka, prefix + OUT)
    return len(told) - len({_parted(one)[0] for one in told})


def _stalled(kafka: str, prefix: str) -> dict[int, int]:
    try:
        until(lambda: drained(kafka, group(prefix), prefix + IN), "all is committed", LONGEST_DRAIN)
    except NotInTime:
        return {p: n for p, n in lag(kafka, group(prefix), prefix + IN).items() if n}
    return {}


def _lost(kafka: str, prefix: str, sent: int) -> tuple[int, int]:
    """How many events were never told on, and of how many keys the table lost count."""
    told = [_parted(one) for one in read_all(kafka, prefix + OUT)]
    most: Counter[int] = Counter()
    for number, count in told:
        most[number % KEYS] = max(most[number % KEYS], count)
    wanted = Counter(number % KEYS for number in range(sent))
    wrong = sum(most[key] != count for key, count in wanted.items())
    return sent - len({number for number, _ in told}), wrong


def _parted(message: TopicMessage) -> tuple[int, int]:
    name, count = (message.value or b"").split()
    return int(name[1:]), int(count)


def test_a_storm_of_joins_and_leaves_and_a_kill_loses_and_repeats_nothing(
    kafka: str, storm_topics: str, tmp_path: Path
) -> None:
    cost = damage(kafka, storm_topics, "mended", tmp_path)

    assert cost.bearable, cost


def test_the_same_storm_breaks_without_the_remedies(
    kafka: str, storm_topics: str, tmp_path: Path
) -> None:
    cost = damage(kafka, storm_topics, "plain", tmp_path)

    assert not cost.bearable, cost
