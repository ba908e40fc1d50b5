"""A small Faust worker for the rebalance storm: counts ids by key in a table, forwards each.

`python -m tests.integration.storm_worker BOOTSTRAP PREFIX mended|plain`: `plain` is
Faust's own consumer, on which the storm must be seen to break.
"""

import sys
from typing import ClassVar

from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.types.transports import ConsumerT, TransportT

from services.kafka_address import KafkaAddress
from services.matcher.adapters.state.table import add_table
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.consumer_thread import ConsumerThread
from services.matcher.adapters.stream.transport import App, Transport, faust_options, raw_topic
from services.matcher.adapters.stream.worker import new_loop, run
from services.matcher.adapters.topics.records import ConsumerRecord

PARTITIONS = 8
IN, OUT, TABLE = "in", "out", "seen"
COMMIT_SECONDS = 2.0
SETTLED = "settled"


class StormApp(App):
    """Ours; it logs when it has its partitions."""

    def on_rebalance_end(self) -> None:
        super().on_rebalance_end()
        sys.stdout.write(f"{SETTLED}\n")
        sys.stdout.flush()


class PlainConsumer(FaustConsumer):
    """Faust's, in our thread: without it there is no session, and nothing is sent."""

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class PlainTransport(Transport):
    """Ours, but for the consumer."""

    Consumer: ClassVar[type[ConsumerT]] = PlainConsumer


class PlainApp(StormApp):
    """The matcher's app without the remedies."""

    def _new_transport(self) -> TransportT:
        return PlainTransport(self.conf.broker_consumer, self)


def build(bootstrap: str, prefix: str, kind: str) -> App:
    """The app, not started."""
    make_app = StormApp if kind == "mended" else PlainApp
    options = faust_options(KafkaAddress(bootstrap))
    app = make_app(group(prefix), **(options | {"broker_commit_interval": COMMIT_SECONDS}))
    table = add_table(app, PARTITIONS, TABLE)
    out = raw_topic(app, prefix + OUT)

    async def take(message: ConsumerRecord) -> None:
        key, value = message.key or b"", message.value or b""
        table_key = b"%d:%s" % (message.partition, key)
        known = set(table.get(table_key, b"").split())
        if value not in known:
            table[table_key] = b" ".join(sorted(known | {value}))
        await out.send(key=key, value=b"%s %d" % (value, len(known | {value})))

    add_agent(app, "count", raw_topic(app, prefix + IN), take)
    return app


def group(prefix: str) -> str:
    """The consumer group of all workers of one storm."""
    return f"{prefix}storm"


def changelog(prefix: str) -> str:
    """The topic of the table."""
    return f"{group(prefix)}-{TABLE}-changelog"


if __name__ == "__main__":
    bootstrap, prefix, kind = sys.argv[1:]
    loop = new_loop()
    sys.exit(run(build(bootstrap, prefix, kind), loop))
