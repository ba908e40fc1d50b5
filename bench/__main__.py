"""Throughput and latency on real Kafka and Redis: `python -m bench`.

Everything is measured in turns in one run, some rounds of it; the medians are told. Numbers of
different runs or machines say little beside each other: compare the ratios.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import latency, report, throughput
from bench.latency import SteadyLoad
from bench.throughput import Bench
from tests.parts.kafka import KafkaNode
from tests.parts.redis_server import RedisNode


def main() -> None:
    """Measure, tell, and keep the numbers."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder, _parts() as (kafka, redis):
        bench = Bench(kafka, Path(folder), asked.events, (1, 1000))
        load = SteadyLoad(asked.rate, asked.seconds)
        _say(f"{asked.events:,} events in each shape, {asked.rounds} rounds; preparing")
        throughput.prepare(bench)
        rates, waits = [], []
        for number in range(asked.rounds):
            _say(f"round {number + 1} of {asked.rounds}")
            rates.append(throughput.measure(bench, number, _say))
            waits.append(
                latency.measure(kafka, redis.url(number + 1), Path(folder) / f"l{number}", load)
            )
    _tell(asked, rates, waits)


def _tell(
    asked: argparse.Namespace, rates: Sequence[report.Table], waits: Sequence[report.Table]
) -> None:
    lines = [
        *report.throughput_lines(report.medians(rates)),
        "",
        *report.latency_lines(report.medians(waits)),
    ]
    print("\n" + "\n".join(lines))
    result = {
        "asked": vars(asked),
        "machine": report.machine(),
        "throughput": {"median": report.medians(rates), "rounds": rates},
        "latency": {"median": report.medians(waits), "rounds": waits},
    }
    print(f"\nkept in {os.path.relpath(report.write(result))}")


def _say(line: str) -> None:
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=40_000, help="of each shape")
    parser.add_argument("--rate", type=float, default=50, help="reports a second, for latency")
    parser.add_argument("--seconds", type=float, default=20, help="of that load, each round")
    return parser.parse_args()


@contextmanager
def _parts() -> Iterator[tuple[str, RedisNode]]:
    kafka, redis = KafkaNode.create(), RedisNode.create()
    try:
        yield kafka.start().bootstrap, redis.start()
    finally:
        kafka.close()
        redis.close()


if __name__ == "__main__":
    main()
