"""How long a worker takes to recover its states: `python -m bench.recovery`.

100,000 entries of 400 bytes are read from their changelog by Faust as it comes and by the matcher;
beside them a plain consumer that keeps nothing. In turns in one run, some rounds of it, each in a
process of its own; medians are printed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from bench import report
from bench.recovery_child import PARTITIONS, source_topic
from services.kafka_address import KafkaAddress
from services.matcher.adapters.state.changelog import changelog_name, ensure_changelog
from services.matcher.adapters.state.keys import TableKey, ValueKind
from tests.parts.kafka import KafkaNode
from tests.parts.topics import TopicMessage, produce

GROUP = "bench-recovery"
LONGEST = 300.0
KINDS = {
    "plain read": "read",
    "Faust as it comes": "faust",
    "matcher": "matcher",
}


def main() -> None:
    """Measure, print, and write the numbers to a file."""
    arguments = _arguments()
    node = KafkaNode.create()
    try:
        bootstrap = node.start().bootstrap
        _prepare(bootstrap, arguments)
        rounds = [_round(bootstrap, arguments.entries) for _ in range(arguments.rounds)]
    finally:
        node.close()
    medians = report.medians(rounds)
    print("\n" + "\n".join(report.recovery_lines(medians["recovery"], arguments.entries)))
    result = {"asked": vars(arguments), "machine": report.machine(), "median": medians}
    print(f"\nkept in {os.path.relpath(report.write(result | {'rounds': rounds}))}")


def _prepare(bootstrap: str, arguments: argparse.Namespace) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics([NewTopic(source_topic(GROUP), PARTITIONS, 1)], wait_for_metadata=True)
    ensure_changelog(KafkaAddress(bootstrap), changelog_name(GROUP), PARTITIONS)
    produce(bootstrap, changelog_name(GROUP), _entries(arguments.entries, arguments.bytes))


def _entries(count: int, size: int) -> Iterator[TopicMessage]:
    for number in range(count):
        key = TableKey(ValueKind.WINDOW, number % PARTITIONS, b'["pack","rule_%d"]' % number)
        yield TopicMessage(b"x" * size, key.encode(), partition=key.partition)


def _round(bootstrap: str, entries: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        seconds = {name: _run(kind, bootstrap, folder, entries) for name, kind in KINDS.items()}
    return {"recovery": seconds}


def _run(kind: str, bootstrap: str, folder: str, entries: int) -> float:
    command = [sys.executable, "-m", "bench.recovery_child", kind, bootstrap, GROUP, folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)  # noqa: S603  (our own command)
    if done.returncode:
        raise SystemExit(f"{kind} ended with {done.returncode}:\n{done.stderr}")
    result = json.loads(done.stdout)
    if result["entries"] != entries:
        raise SystemExit(f"{kind} has {result['entries']} entries of {entries}")
    print(f"{kind}: {result['seconds']:.2f} s", flush=True)
    return float(result["seconds"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=400, help="of each entry")
    return parser.parse_args()


if __name__ == "__main__":
    main()
