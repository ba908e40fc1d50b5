"""A small Faust worker that fails on one message: `python -m … BOOTSTRAP TOPIC GROUP`."""

import sys
import time

from services.kafka_address import KafkaAddress
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.loop_watchdog import LoopWatchdog
from services.matcher.adapters.stream.transport import App, faust_options, raw_topic
from services.matcher.adapters.stream.worker import new_loop, run
from services.matcher.adapters.topics.records import ConsumerRecord

BOOM = b"boom"
HANG = b"hang"
STUCK_SECONDS = 3.0


class Bug(Exception):
    """What a bug raises."""


async def take(message: ConsumerRecord) -> None:
    if message.value == BOOM:
        raise Bug(message.offset)
    if message.value == HANG:
        time.sleep(600)  # noqa: ASYNC251  (the whole loop hangs)


if __name__ == "__main__":
    bootstrap, topic, group = sys.argv[1:]
    loop = new_loop()
    app = App(group, **faust_options(KafkaAddress(bootstrap)))
    app.watchdog = LoopWatchdog(STUCK_SECONDS)
    add_agent(app, "take", raw_topic(app, topic), take)
    sys.exit(run(app, loop))
