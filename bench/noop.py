"""The yardstick: a Faust agent that does nothing, on the consumer and with the options of ours.

`python -m bench.noop BOOTSTRAP GROUP TOPIC OUT`: it only tells sentinels on, to be seen at work.
"""

import asyncio
import re
import sys
import tempfile
from typing import Any

import uvloop
from faust.types import TopicT

from bench.material import SENTINEL, SENTINEL_KEY
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.stream.worker import run
from services.matcher.adapters.topics.records import ConsumerRecord

OPTIONS: dict[str, Any] = {
    "web_enabled": False,
    "topic_allow_declare": False,
    "topic_disable_leader": True,
    "store": "memory://",
    "producer_acks": -1,
    "broker_session_timeout": 6.0,
    "broker_heartbeat_interval": 1.0,
    "broker_commit_interval": 0.5,
}


def build(bootstrap: str, group: str, topics: tuple[str, str], folder: str) -> App:
    """The app, not started."""
    app = App(group, broker=f"kafka://{bootstrap}", datadir=folder, **OPTIONS)
    source, out = (_raw(app, name) for name in topics)
    sentinel = re.compile(SENTINEL.encode())

    async def take(message: ConsumerRecord) -> None:
        for event_id in sentinel.findall(message.value or b""):
            await out.send(key=SENTINEL_KEY, value=event_id)

    add_agent(app, "noop", source, take)
    return app


def _raw(app: App, name: str) -> TopicT:
    return app.topic(
        name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    bootstrap, group, source, out = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(run(build(bootstrap, group, (source, out), scratch), loop))
