"""Genuine reports beside a hostile token at its limit: `python -m bench.under_attack`.

One run on real Kafka and Redis: the first genuine reports once all is ready, then others at a fixed
rate, alone, and then while one token sends slow texts of 64 KiB and matching reports as fast as
ingest takes them. Printed is the time
from just before a genuine report is sent until it is a Slack message, and a page. Exit code 1 if
one is lost, or if the p99 under attack is past the limit.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from tests.parts import topics
from tests.parts.attack import (
    SHIPPED_LIMITS,
    HostileToken,
    find_labels,
    post_genuine,
    write_attacked_packs,
)
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import Pipeline, name_servers
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

LIMIT = 2.0
PATIENCE = 120.0
"""Seconds to wait for the last of them."""
MATCHING = 10_000
PREFIX = "attacked."

Seconds = Mapping[str, float]
"""By label."""


def main() -> None:
    """Measure, print, and judge."""
    arguments = _parse_arguments()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="vedette-attack-") as folder, _start(folder) as site:
        reports = int(arguments.rate * arguments.seconds)
        _print_lines("first after ready", _measure(site, range(900_000, 900_002), arguments.rate))
        alone = _measure(site, range(reports), arguments.rate)
        _print_lines("alone", alone)
        with HostileToken(site.ingest.url, MATCHING) as hostile:
            time.sleep(1)
            attacked = _measure(site, range(reports, 2 * reports), arguments.rate)
        _print_lines("under attack", attacked)
        _print_attack(site, hostile)
    sys.exit(0 if all(_find_p99(times) <= LIMIT for times in attacked.values()) else 1)


def _measure(site: Pipeline, numbers: range, rate: float) -> dict[str, list[float]]:
    """Seconds from sending to each receiver. Raises if a report does not arrive, or twice."""
    sent = post_genuine(site.ingest.url, numbers, rate)
    arrivals = {"Slack": _read_slack, "pager": _read_pager}
    return {name: _wait(site, sent, read) for name, read in arrivals.items()}


def _wait(
    site: Pipeline, sent: Seconds, read: Callable[[Pipeline], Iterable[tuple[str, float]]]
) -> list[float]:
    until(lambda: sent.keys() <= dict(read(site)).keys(), "every genuine alert", PATIENCE)
    arrived = dict(read(site))
    return [arrived[label] - at for label, at in sent.items()]


def _read_slack(site: Pipeline) -> Iterator[tuple[str, float]]:
    with site.slack.lock:
        messages = list(site.slack.messages)
    for message in messages:
        for label in find_labels(message.text):
            yield label, message.at


def _read_pager(site: Pipeline) -> Iterator[tuple[str, float]]:
    with site.pager.lock:
        incidents = list(site.pager.incidents)
    for incident in incidents:
        for label in find_labels(str(incident.events[0]["payload"])):
            yield label, incident.opened_at


def _print_lines(title: str, seconds: Mapping[str, list[float]]) -> None:
    for receiver, times in seconds.items():
        cuts = quantiles(times, n=100, method="inclusive")
        cells = {"p50": cuts[49], "p99": cuts[98], "max": max(times)}
        line = "".join(f"{name} {value * 1000:8.0f} ms   " for name, value in cells.items())
        print(f"{f'{title}, to {receiver}':28}{line}{len(times)} reports", flush=True)


def _find_p99(times: list[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[98]


def _print_attack(site: Pipeline, hostile: HostileToken) -> None:
    answers = ", ".join(
        f"{count} times {status}" for status, count in sorted(hostile.answers.items())
    )
    print(f"hostile: accepted {dict(hostile.accepted)}; answered {answers}")
    print(f"messages in Slack {len(site.slack.messages)}, pages {len(site.pager.incidents)}")


@contextmanager
def _start(folder: str) -> Iterator[Pipeline]:
    kafka, redis = KafkaNode.create(), RedisNode.create()
    try:
        kafka.start()
        redis.start()
        topics.create(kafka.bootstrap, PREFIX)
        servers = name_servers(kafka.bootstrap, PREFIX, redis.url())
        write_attacked_packs(Path(folder))
        with Pipeline(SHIPPED_LIMITS | servers, Path(folder)) as pipeline:
            yield pipeline
    finally:
        kafka.close()
        redis.close()


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.under_attack", description=__doc__)
    parser.add_argument("--rate", type=float, default=2, help="genuine reports a second")
    parser.add_argument("--seconds", type=float, default=50, help="of each half")
    return parser.parse_args()


if __name__ == "__main__":
    main()
