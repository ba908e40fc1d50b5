"""One recovery of a table: `python -m bench.recovery_child KIND BOOTSTRAP GROUP FOLDER`.

KIND is `faust` (its own table in memory), `matcher` (the matcher's), or `read` (a plain consumer
that keeps nothing). Prints seconds and entries as JSON on standard output and ends,
without closing anything, as a killed worker would.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import StreamT

from services.kafka_address import KafkaAddress
from services.matcher.adapters.state.changelog import TABLE, changelog_name
from services.matcher.adapters.state.table import add_table
from services.matcher.adapters.stream.transport import App, faust_options, raw_topic
from services.matcher.adapters.stream.worker import new_loop

PARTITIONS = 4


class Timed(faust.App):
    """Prints the time from its assignment until it would process a message."""

    table: Any = None
    began = 0.0

    async def _on_partitions_assigned(self, *args: Any, **named: Any) -> None:
        # from here on, and not from the start: joining a group takes the same time for all
        self.began = time.perf_counter()
        await super()._on_partitions_assigned(*args, **named)

    def on_rebalance_end(self) -> None:
        """Recovery is complete, and messages flow."""
        super().on_rebalance_end()
        _report(time.perf_counter() - self.began, len(self.table))


class Ours(Timed, App):
    """The matcher's app."""


def source_topic(group: str) -> str:
    """The topic that the table's keys come from."""
    return f"{group}-in"


def _recover(kind: str, bootstrap: str, group: str, folder: Path) -> None:
    loop = new_loop()
    options = faust_options(KafkaAddress(bootstrap))
    if kind == "faust":
        options.pop("TableManager")
        app: Timed = Timed(group, datadir=str(folder), **options)
        app.table = app.Table(TABLE, key_type=bytes, value_type=bytes, partitions=PARTITIONS)
    else:
        app = Ours(group, **options)
        app.table = add_table(app, PARTITIONS)
    app.agent(raw_topic(app, source_topic(group)), name="process")(_process)
    worker = faust.Worker(app, loop=loop, quiet=True, redirect_stdouts=False)
    worker.spinner = None
    worker.execute_from_commandline()


async def _process(stream: StreamT[bytes]) -> None:
    """Take messages, of which there are none: the topic is empty."""
    async for _message in stream:
        pass


async def _read(bootstrap: str, group: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    began, count = time.perf_counter(), 0
    partitions = [TopicPartition(changelog_name(group), number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    ends = await consumer.end_offsets(partitions)
    while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
        polled = await consumer.getmany(timeout_ms=200)
        count += sum(map(len, polled.values()))
    _report(time.perf_counter() - began, count)


def _report(seconds: float, entries: int) -> None:
    print(json.dumps({"seconds": seconds, "entries": entries}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    kind, bootstrap, group, folder = sys.argv[1:]
    if kind == "read":
        asyncio.run(_read(bootstrap, group))
    _recover(kind, bootstrap, group, Path(folder))
