"""Events a second over HTTP, on one core: `python -m bench.ingest` (`make bench-ingest`).

In one run and in turns: the server of ingest answering 202 without reading what it gets; ingest
with Kafka; ingest with stories too, on reports that name no language. Ratios are to the first.
The server has a core to itself; Kafka, Redis and the load share the others. Every report is new,
and a tenth are copies. Then single posts at a steady rate, with the percentiles of their answers.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench.ingest_load import SteadyPoster, post_all, split, write_request
from bench.report import CUTS, Table, medians, percentiles
from tests.parts import topics as parts
from tests.parts.child import ChildProcess, free_port
from tests.parts.kafka import KafkaNode
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

BATCH = 200
CONNECTIONS = 8
COPIES = 0.1
PARTITIONS = 4
JSON, NDJSON = "application/json", "application/x-ndjson"
SHAPES = ("single", "array", "NDJSON")
SYLLABLES = ("ba", "dor", "ka", "lim", "mas", "nu", "pet", "qa", "rif", "sol", "ta", "vel")
GOALS = {"ingest": 15_000, "ingest, stories, no language": 3_000}


@dataclass(slots=True)
class ReportMaker:
    """Makes reports of some 300 characters that differ, but for copies."""

    dice: random.Random
    made: int = 0
    last: str = ""

    def make(self, *, language: bool) -> bytes:
        """The next report."""
        self.made += 1
        if not self.last or self.dice.random() > COPIES:
            self.last = " ".join(self._word() for _ in range(45))
        body = {"id": f"r{self.made}", "source": "bench", "title": self._word(), "text": self.last}
        body |= {"occurred_at": "2020-01-05T10:00:00Z", "country": "IQ"}
        return json.dumps(body | ({"language": "en"} if language else {})).encode()

    def _word(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=self.dice.randint(1, 4)))


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """How to start one; `language`: whether the reports that it gets name theirs."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    language: bool = True


def main() -> None:
    """Measure in turns for some rounds, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--rate", type=float, default=1000, help="single posts a second")
    arguments = parser.parse_args()
    rounds, waits = [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kafka, redis = KafkaNode.create(), RedisNode.create(appendonly="no", maxmemory="256mb")
        stack.callback(kafka.close)
        stack.callback(redis.close)
        bootstrap, stories = kafka.start().bootstrap, redis.start().url()
        for number in range(arguments.rounds):
            prefix = f"bench{number}."
            parts.create(bootstrap, prefix, PARTITIONS)
            reports = ReportMaker(random.Random(number))  # noqa: S311  (no secret)
            table, latency = {}, {}
            for server in _servers(bootstrap, stories, prefix):
                with _running(server, folder) as port:
                    table[server.name] = _measure(port, server, reports, arguments.seconds)
                    latency[server.name] = _measure_latency(port, server, reports, arguments)
            rounds.append(table)
            waits.append(latency)
    _print(medians(rounds), medians(waits), arguments.rate)


def _servers(bootstrap: str, stories: str, prefix: str) -> Iterator[MeasuredServer]:
    environment = {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "VEDETTE_TOPIC_PREFIX": prefix,
        "VEDETTE_HOST": "127.0.0.1",
        "VEDETTE_INGEST_OPEN": "true",
        "VEDETTE_INGEST_REPORTS_PER_SECOND": "1e9",
        "VEDETTE_INGEST_BYTES_PER_SECOND": "1e12",
    }
    ingest = (sys.executable, "-m", "services.ingest")
    yield MeasuredServer("202 without Kafka", (sys.executable, "-m", "bench.ingest_child"), {})
    yield MeasuredServer("ingest", ingest, environment)
    more = {"VEDETTE_STORIES_REDIS_URL": stories}
    yield MeasuredServer("ingest, stories, no language", ingest, environment | more, language=False)


@contextmanager
def _running(server: MeasuredServer, folder: Path) -> Iterator[int]:
    port = free_port()
    pinned = ["taskset", "--cpu-list", "0"] if shutil.which("taskset") else []
    is_ours = not server.environment
    command = [*pinned, *server.command, *([str(port)] if is_ours else [])]
    admin = port if is_ours else free_port()
    ports = {"VEDETTE_PORT": str(port), "VEDETTE_ADMIN_PORT": str(admin)}
    environment = {**os.environ, **server.environment, **ports}
    with ChildProcess(command, folder / f"{port}.log", environment):
        until(lambda: _is_ready(admin), f"{server.name} is ready", 60)
        yield port


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            note: str = json.load(answer).get("notes", {}).get("stories", "")
            return not note.startswith("not checked")
    except OSError:
        return False


def _measure(
    port: int, server: MeasuredServer, reports: ReportMaker, seconds: float
) -> dict[str, float]:
    """Events a second by shape."""
    rates = {}
    for shape in SHAPES:
        size = 1 if shape == "single" else BATCH
        count = int(seconds * (4_000 if size == 1 else 30_000))
        made = [reports.make(language=server.language) for _ in range(count)]
        requests = [_request(shape, chunk) for chunk in split(made, size)]
        asyncio.run(post_all(port, requests[:CONNECTIONS], CONNECTIONS, seconds))
        answered = post_all(port, requests[CONNECTIONS:], CONNECTIONS, seconds)
        rates[shape] = size * asyncio.run(answered)
    return rates


def _request(shape: str, reports: Sequence[bytes]) -> bytes:
    if shape == "NDJSON":
        return write_request(b"\n".join(reports), NDJSON)
    whole = reports[0] if shape == "single" else b"[" + b",".join(reports) + b"]"
    return write_request(whole, JSON)


def _measure_latency(
    port: int, server: MeasuredServer, reports: ReportMaker, arguments: argparse.Namespace
) -> dict[str, float]:
    count = int(arguments.rate * arguments.seconds)
    made = [reports.make(language=server.language) for _ in range(count)]
    requests = [_request("single", [each]) for each in made]
    return percentiles(asyncio.run(SteadyPoster(port, arguments.rate).post_all(requests)))


def _print(rates: Table, waits: Table, rate: float) -> None:
    print(f"{'events/s, one core':32}" + "".join(f"{shape:>12}{'ratio':>8}" for shape in SHAPES))
    yardstick = next(iter(rates.values()))
    for name, row in rates.items():
        cells = (f"{row[shape]:12,.0f}{row[shape] / yardstick[shape]:8.3f}" for shape in SHAPES)
        goal = f"  goal in batches {GOALS[name]:,}" if name in GOALS else ""
        print(f"{name:32}{''.join(cells)}{goal}")
    print(f"\n{f'ms, {rate:g} single posts/s':32}" + "".join(f"{cut:>12}" for cut in CUTS))
    for name, row in waits.items():
        print(f"{name:32}" + "".join(f"{row[cut]:12.1f}" for cut in CUTS))


if __name__ == "__main__":
    main()
