"""Events a second through Faust: the matcher with few and many rules, and an agent without work.

Every worker reads the same topic from its start. The clock is Kafka's: sentinels are among the
events, and each leaves with the time at which its worker forwarded it. The first fifth is warm-up.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import NoError

from bench.material import (
    BATCH_SIZE,
    SENTINEL_EVERY,
    SENTINEL_KEY,
    messages,
    sentinels,
    write_pack,
)
from schemas.topics import EVENTS, SIGNALS
from tests.parts import topics as parts
from tests.parts.child import ChildProcess
from tests.parts.processes import Service
from tests.parts.waiting import until

PARTITIONS = 4
WARM_UP = 0.2
LONGEST = 300.0
NOOP_OUT = "noop"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how much is measured."""

    kafka: str
    folder: Path
    events: int
    rules: tuple[int, ...]


def shapes() -> dict[str, int]:
    """How events travel, and how many in a message."""
    return {"single": 1, f"batch of {BATCH_SIZE}": BATCH_SIZE}


def prepare(bench: Bench) -> None:
    """The topics with their events, one set for each shape, and the packs."""
    for rules in bench.rules:
        write_pack(bench.folder / f"rules-{rules}", rules)
    for size in shapes().values():
        prefix = _prefix(size)
        parts.create(bench.kafka, prefix, PARTITIONS)
        _create(bench.kafka, prefix + NOOP_OUT)
        parts.produce(bench.kafka, prefix + EVENTS, messages(bench.events, PARTITIONS, size))


def measure(bench: Bench, turn: int, progress: Progress) -> dict[str, dict[str, float]]:
    """Events a second by shape and worker, in one round; `turn` selects the first worker."""
    table: dict[str, dict[str, float]] = {}
    for shape, size in shapes().items():
        workers = list(_workers(bench, size).items())
        rates = {}
        for name, run in workers[turn % len(workers) :] + workers[: turn % len(workers)]:
            rates[name] = run()
            progress(f"{shape}, {name}: {rates[name]:,.0f}/s")
        table[shape] = {name: rates[name] for name, _ in workers}
    return table


def _workers(bench: Bench, size: int) -> Mapping[str, Callable[[], float]]:
    """The yardstick first."""
    matchers = {_title(rules): partial(_matcher, bench, size, rules) for rules in bench.rules}
    return {"no-op agent": partial(_noop, bench, size)} | matchers


def _title(rules: int) -> str:
    return f"matcher, {rules:,} rule{'' if rules == 1 else 's'}"


def _noop(bench: Bench, size: int) -> float:
    prefix = _prefix(size)
    group, out = f"{prefix}noop", prefix + NOOP_OUT
    _forget(bench.kafka, group, prefix + EVENTS)
    words = [bench.kafka, group, prefix + EVENTS, out]
    child = ChildProcess([sys.executable, "-m", "bench.noop", *words], bench.folder / "noop.log")
    return _measure_rate(bench, child, out)


def _matcher(bench: Bench, size: int, rules: int) -> float:
    prefix = _prefix(size)
    _forget(bench.kafka, f"{prefix}matcher", prefix + EVENTS)
    variables = {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": bench.kafka,
        "VEDETTE_TOPIC_PREFIX": prefix,
        "VEDETTE_STORM_GROUPS_PER_MINUTE": "1000000",
        "VEDETTE_RULES_DIR": str(bench.folder / f"rules-{rules}" / "pack"),
    }
    return _measure_rate(bench, Service("matcher", variables, bench.folder), prefix + SIGNALS)


def _measure_rate(bench: Bench, child: ChildProcess, topic: str) -> float:
    with Output(bench.kafka, topic) as output, child:
        times = output.times(sentinels(bench.events), child.check)
        child.terminate()
    return _rate(times)


def _rate(times: list[float]) -> float:
    """Between the sentinels after the warm-up, by the times at which they were sent on."""
    steady = sorted(times)[int(len(times) * WARM_UP) :]
    return (len(steady) - 1) * SENTINEL_EVERY / max(steady[-1] - steady[0], 1e-3)


class Output:
    """The times of the sentinels that a worker sends to a topic from now on."""

    def __init__(self, kafka: str, topic: str) -> None:
        """Messages that are in the topic already are skipped."""
        self._consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        self._consumer.assign(partitions)
        self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            self._consumer.position(partition)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._consumer.close()

    def times(self, count: int, check: Callable[[], None]) -> list[float]:
        """The first `count` times, in seconds; `check` raises when the worker has ended."""
        times: list[float] = []

        def is_complete() -> bool:
            check()
            times.extend(self._poll())
            return len(times) >= count

        until(is_complete, f"{count} sentinels are forwarded", LONGEST)
        return times[:count]

    def _poll(self) -> Iterator[float]:
        for records in self._consumer.poll(timeout_ms=200).values():
            for record in records:
                if SENTINEL_KEY in (record.key or b""):
                    yield record.timestamp / 1000


def _forget(kafka: str, group: str, topic: str) -> None:
    """Let the group begin at the start of the topic again; waits until its last member is gone."""
    places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:

        def forgotten() -> bool:
            outcomes = admin.delete_group_offsets(group, places)
            return all(outcome is NoError for outcome in outcomes.values())

        if any(listed["group_id"] == group for listed in admin.list_groups()):
            until(forgotten, f"{group} has forgotten how far it came")


def _create(kafka: str, topic: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.create_topics([NewTopic(topic, PARTITIONS, 1)], wait_for_metadata=True)


def _prefix(size: int) -> str:
    return f"bench-{size}."
