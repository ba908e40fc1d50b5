"""Throughput and latency on real Kafka and Redis: `python -m bench`.

One run measures everything in turns, for some rounds, and prints the medians. Compare ratios:
absolute numbers of other runs or machines mean little.
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
    """Measure, print, and write the numbers to a file."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder, _parts() as (kafka, redis):
        bench = Bench(kafka, Path(folder), arguments.events, (1, 1000))
        load = SteadyLoad(arguments.rate, arguments.seconds)
        _print(f"{arguments.events:,} events in each shape, {arguments.rounds} rounds; preparing")
        throughput.prepare(bench)
        rates, latencies = [], []
        for number in range(arguments.rounds):
            _print(f"round {number + 1} of {arguments.rounds}")
            rates.append(throughput.measure(bench, number, _print))
            latencies.append(
                latency.measure(kafka, redis.url(number + 1), Path(folder) / f"l{number}", load)
            )
    _report(arguments, rates, latencies)


def _report(
    arguments: argparse.Namespace,
    rates: Sequence[report.Table],
    latencies: Sequence[report.Table],
) -> None:
    lines = [
        *report.throughput_lines(report.medians(rates)),
        "",
        *report.latency_lines(report.medians(latencies)),
    ]
    print("\n" + "\n".join(lines))
    result = {
        "arguments": vars(arguments),
        "machine": report.machine(),
        "throughput": {"median": report.medians(rates), "rounds": rates},
        "latency": {"median": report.medians(latencies), "rounds": latencies},
    }
    print(f"\nwritten to {os.path.relpath(report.write(result))}")


def _print(line: str) -> None:
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
