"""How long a worker takes to have its windows again: `python -m bench.recovery`.

100,000 entries of 400 bytes are read from their changelog by Faust as it comes, by the matcher into
memory, and by the matcher over a directory that is kept; beside them a plain consumer that keeps
nothing. In turns in one run, some rounds of it, each in a process of its own; medians are told.
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
from services.matcher.adapters.state.changelog import ensure_changelog
from services.matcher.adapters.state.table import changelog_name
from tests.parts.kafka import KafkaNode
from tests.parts.topics import TopicMessage, produce

GROUP = "bench-recovery"
LONGEST = 300.0
KINDS = {
    "plain read": "read",
    "Faust as it comes": "faust",
    "matcher, from memory": "memory",
    "matcher, kept directory": "rocksdict",
}


def main() -> None:
    """Measure, tell, and keep the numbers."""
    asked = _arguments()
    node = KafkaNode.create()
    try:
        bootstrap = node.start().bootstrap
        _prepare(bootstrap, asked)
        rounds = [_round(bootstrap, asked.entries) for _ in range(asked.rounds)]
    finally:
        node.close()
    medians = report.medians(rounds)
    print("\n" + "\n".join(report.recovery_lines(medians["recovery"], asked.entries)))
    result = {"asked": vars(asked), "machine": report.machine(), "median": medians}
    print(f"\nkept in {os.path.relpath(report.write(result | {'rounds': rounds}))}")


def _prepare(bootstrap: str, asked: argparse.Namespace) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics([NewTopic(source_topic(GROUP), PARTITIONS, 1)], wait_for_metadata=True)
    ensure_changelog(bootstrap, changelog_name(GROUP), PARTITIONS)
    produce(bootstrap, changelog_name(GROUP), _entries(asked.entries, asked.bytes))


def _entries(count: int, size: int) -> Iterator[TopicMessage]:
    for number in range(count):
        place = number % PARTITIONS
        key = b'%d:["pack","rule_%d","group"]' % (place, number)
        yield TopicMessage(b"x" * size, key, partition=place)


def _round(bootstrap: str, entries: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        # the directory has to be there before it can be kept
        _run("rocksdict", bootstrap, folder, entries)
        found = {name: _run(kind, bootstrap, folder, entries) for name, kind in KINDS.items()}
    return {"recovery": found}


def _run(kind: str, bootstrap: str, folder: str, entries: int) -> float:
    command = [sys.executable, "-m", "bench.recovery_child", kind, bootstrap, GROUP, folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)  # noqa: S603  (our own command)
    if done.returncode:
        raise SystemExit(f"{kind} ended with {done.returncode}:\n{done.stderr}")
    told = json.loads(done.stdout)
    if told["entries"] != entries:
        raise SystemExit(f"{kind} has {told['entries']} entries of {entries}")
    print(f"{kind}: {told['seconds']:.2f} s", flush=True)
    return float(told["seconds"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=400, help="of each entry")
    return parser.parse_args()


if __name__ == "__main__":
    main()
