"""One recovery of a table: `python -m bench.recovery_child KIND BOOTSTRAP GROUP FOLDER`.

KIND is `faust` (its own table in memory), `memory` or `rocksdict` (the matcher's), or `read` (a
plain consumer that keeps nothing). Tells seconds and entries as JSON on standard output and ends,
without closing anything: as a killed worker would.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.matcher.adapters.state.changelog import ensure_changelog
from services.matcher.adapters.state.copies import in_directory, in_memory
from services.matcher.adapters.state.table import NAME, add_table, changelog_name
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.transport import App, faust_options, raw_topic
from services.matcher.adapters.stream.worker import new_loop
from services.matcher.adapters.topics.message import Received

PARTITIONS = 4


class Timed(faust.App):
    """Tells the time from its partitions to the moment in which it would take a message."""

    table: Any = None
    began = 0.0

    async def _on_partitions_assigned(self, *args: Any, **named: Any) -> None:
        # from here on, and not from the start: joining a group takes the same time for all
        self.began = time.perf_counter()
        await super()._on_partitions_assigned(*args, **named)

    def on_rebalance_end(self) -> None:
        """All is recovered and flowing."""
        super().on_rebalance_end()
        _tell(time.perf_counter() - self.began, len(self.table))


class Ours(Timed, App):
    """The matcher's app."""


def source_topic(group: str) -> str:
    """What the table's keys come from; the group is named for it."""
    return f"{group}-in"


def _recover(kind: str, bootstrap: str, group: str, folder: Path) -> None:
    loop = new_loop()
    options = faust_options(bootstrap, folder)
    with ExitStack() as stack:
        if kind == "faust":
            options.pop("TableManager")
            app: Timed = Timed(group, **options)
            app.table = app.Table(NAME, key_type=bytes, value_type=bytes, partitions=PARTITIONS)
        else:
            app = Ours(group, **options)
            changelog = ensure_changelog(bootstrap, changelog_name(group), PARTITIONS)
            kept = in_directory(folder / "state", changelog)
            copies = in_memory if kind == "memory" else stack.enter_context(kept)
            app.table = add_table(app, PARTITIONS, copies)
        add_agent(app, "take", raw_topic(app, source_topic(group)), _take)
        worker = faust.Worker(app, loop=loop, quiet=True, redirect_stdouts=False)
        worker.spinner = None
        worker.execute_from_commandline()


async def _take(_message: Received) -> None:
    """Nothing comes."""


async def _read(bootstrap: str, group: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    began, count = time.perf_counter(), 0
    places = [TopicPartition(changelog_name(group), number) for number in range(PARTITIONS)]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    while any([await consumer.position(place) < ends[place] for place in places]):
        found = await consumer.getmany(timeout_ms=200)
        count += sum(map(len, found.values()))
    _tell(time.perf_counter() - began, count)


def _tell(seconds: float, entries: int) -> None:
    print(json.dumps({"seconds": seconds, "entries": entries}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    kind, bootstrap, group, folder = sys.argv[1:]
    if kind == "read":
        asyncio.run(_read(bootstrap, group))
    _recover(kind, bootstrap, group, Path(folder))
