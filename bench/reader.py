"""Word alerts beside the reader, at work and paused: `python -m bench.reader`.

One run on real Kafka, at a fixed rate: reports that words find, each behind one that the reader's
model reads in vain; in turn beside a process that sleeps, the reader, and the reader paused. It
prints the time from the report on Kafka to its alert there. Exit code 1 if the median beside the
reader, at work or paused, is more than 1.2 times that beside the process that sleeps, or if an
alert is missing.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from kafka import KafkaConsumer, KafkaProducer

from schemas.alert import Alert
from schemas.topics import ALERTS, EVENTS
from tests.cli.meaning_pack import write_meaning_pack
from tests.integration.matcher_site import MatcherTopics, event, matcher, message, start_ready
from tests.parts import topics
from tests.parts.child import ChildProcess
from tests.parts.kafka import KafkaNode
from tests.parts.processes import Service
from tests.parts.waiting import until

LIMIT = 1.2
PATIENCE = 60.0
PREFIX = "beside."
IDLE, AT_WORK, PAUSED = "a process that sleeps", "the reader", "the reader, paused"
IDLING = "import time\nwhile True: time.sleep(0.01)"


class Arrivals:
    """When the first alert of each report arrived, read in a thread of its own."""

    def __init__(self, site: MatcherTopics) -> None:
        self.times: dict[str, float] = {}
        self._site = site
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        name = self._site.name(ALERTS)
        consumer = KafkaConsumer(name, bootstrap_servers=self._site.bootstrap)
        with closing(consumer):
            for record in consumer:
                (piece, *_) = Alert.model_validate_json(record.value).evidence
                self.times.setdefault(piece.event_id, time.monotonic())


class Rounds:
    """Sends rounds of reports and measures how long their alerts take."""

    def __init__(self, site: MatcherTopics, rate: float, seconds: float) -> None:
        self._site, self._rate, self._number = site, rate, int(rate * seconds)
        self._arrivals = Arrivals(site)
        self._producer = KafkaProducer(bootstrap_servers=site.bootstrap, linger_ms=0)
        self._round = 0

    def measure(self) -> list[float]:
        """The seconds that each alert of one round took. Raises if one does not come."""
        self._round += 1
        names = [f"r{self._round}-{number}" for number in range(self._number)]
        sent = {name: self._send(name) for name in names}
        arrived = self._arrivals.times
        until(lambda: sent.keys() <= arrived.keys(), "every alert", PATIENCE)
        return [arrived[name] - at for name, at in sent.items()]

    def _send(self, name: str) -> float:
        """A report that words find, behind one that the model reads."""
        time.sleep(1 / self._rate)
        for report in (
            event(f"{name}-read", title=f"Talks are held at the base, says {name}."),
            event(name, title=f"Rockets were shelled, says {name}."),
        ):
            one = message(report | {"occurred_at": datetime.now(UTC).isoformat()})
            self._producer.send(self._site.name(EVENTS), one.value, one.key)
        return time.monotonic()


def main() -> None:
    """Measure, print, and judge."""
    arguments = _parse_arguments()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    times: dict[str, list[float]] = {IDLE: [], AT_WORK: [], PAUSED: []}
    with (
        tempfile.TemporaryDirectory(prefix="vedette-reader-") as folder,
        _start(Path(folder)) as (site, reader),
    ):
        rounds = Rounds(site, arguments.rate, arguments.seconds)
        rounds.measure()  # warm-up
        for _ in range(arguments.rounds):
            for beside in times:
                with _running(beside, reader, Path(folder)):
                    times[beside] += rounds.measure()
    sys.exit(0 if all(list(_judge(times))) else 1)


@contextmanager
def _running(beside: str, reader: Service, folder: Path) -> Iterator[None]:
    """What runs beside a round; a reader that was paused for long has left its group, and ends."""
    if beside == IDLE:
        with ChildProcess([sys.executable, "-c", IDLING], folder / "idle.log"):
            yield
        return
    with reader:
        reader.wait_ready()
        if beside == PAUSED:
            reader.freeze()
        yield
        if beside == AT_WORK:
            print(_find_gated(reader), flush=True)


def _judge(times: dict[str, list[float]]) -> Iterator[bool]:
    idle = median(times[IDLE])
    for beside, seconds in times.items():
        p99, ratio = quantiles(seconds, n=100)[98], median(seconds) / idle
        line = f"median {median(seconds) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, {ratio:.2f} times"
        print(f"beside {beside}: {len(seconds)} alerts, {line}", flush=True)
        yield ratio <= LIMIT


@contextmanager
def _start(folder: Path) -> Iterator[tuple[MatcherTopics, Service]]:
    """A Kafka, a matcher, and a reader with its own model, which is not started."""
    node = KafkaNode.create()
    try:
        site = MatcherTopics(node.start().bootstrap, topics.create(node.bootstrap, PREFIX))
        rules = str(write_meaning_pack(folder))
        with matcher(site, folder, VEDETTE_RULES_DIR=rules) as words:
            start_ready(words)
            yield site, _make_reader(site, folder, rules)
    finally:
        node.close()


def _make_reader(site: MatcherTopics, folder: Path, rules: str) -> Service:
    variables = {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": site.bootstrap,
        "VEDETTE_TOPIC_PREFIX": site.prefix,
        "VEDETTE_RULES_DIR": rules,
        "VEDETTE_READER_CACHE": str(folder / "cache"),
    }
    reader = Service("matcher", variables, folder)
    reader.command = [sys.executable, "-m", "services.matcher", "reader"]
    return reader


def _find_gated(reader: Service) -> str:
    lines = reader.metrics().splitlines()
    return next(line for line in lines if line.startswith("vedette_reader_gated_total"))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=5.0, help="reports of each kind a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
