"""A small Faust worker for the rebalance storm: counts ids by key in a table, tells each on.

`python -m tests.integration.storm_worker BOOTSTRAP PREFIX mended|plain`: `plain` is Faust's own
consumer, on which the storm must be seen to break.
"""

import sys
import tempfile
from pathlib import Path
from typing import ClassVar

from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.types.transports import ConsumerT, TransportT

from services.matcher.adapters.agents import add_agent
from services.matcher.adapters.fetch import FetchingThread
from services.matcher.adapters.message import Received
from services.matcher.adapters.transport import App, Transport, faust_options, raw_topic
from services.matcher.adapters.worker import new_loop, run

PARTITIONS = 8
IN, OUT, TABLE = "in", "out", "seen"
COMMIT_SECONDS = 2.0
SETTLED = "settled"


class StormApp(App):
    """Ours; it says when it has its partitions."""

    def on_rebalance_end(self) -> None:
        super().on_rebalance_end()
        sys.stdout.write(f"{SETTLED}\n")
        sys.stdout.flush()


class PlainConsumer(FaustConsumer):
    """Faust's, in our thread: without it no session is known, and nothing is sent."""

    def _new_consumer_thread(self) -> FetchingThread:
        return FetchingThread(self, loop=self.loop, beacon=self.beacon)


class PlainTransport(Transport):
    """Ours, but for the consumer."""

    Consumer: ClassVar[type[ConsumerT]] = PlainConsumer


class PlainApp(StormApp):
    """What the matcher would be without the remedies."""

    def _new_transport(self) -> TransportT:
        return PlainTransport(self.conf.broker_consumer, self)


def build(bootstrap: str, prefix: str, kind: str, folder: str) -> App:
    """The app, not started."""
    made = StormApp if kind == "mended" else PlainApp
    options = faust_options(bootstrap, Path(folder))
    app = made(group(prefix), **(options | {"broker_commit_interval": COMMIT_SECONDS}))
    table = app.Table(TABLE, key_type=bytes, value_type=bytes, partitions=PARTITIONS)
    out = raw_topic(app, prefix + OUT)

    async def take(message: Received) -> None:
        key, value = message.key or b"", message.value or b""
        known = set(table.get(key, b"").split())
        if value not in known:
            table[key] = b" ".join(sorted(known | {value}))
        await out.send(key=key, value=b"%s %d" % (value, len(known | {value})))

    add_agent(app, "count", raw_topic(app, prefix + IN), take)
    return app


def group(prefix: str) -> str:
    """The consumer group of all workers of one storm."""
    return f"{prefix}storm"


if __name__ == "__main__":
    loop = new_loop()
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(run(build(sys.argv[1], sys.argv[2], sys.argv[3], scratch), loop))
