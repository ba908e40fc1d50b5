"""The worker: runs the Faust app until it is stopped or crashes."""

import asyncio
import logging

import faust
import uvloop

from services.matcher.adapters.state import recovery, store, table
from services.matcher.adapters.stream import consumer, consumer_thread, producer, transport
from services.matcher.adapters.stream.transport import App
from services.telemetry import RepeatFilter

# Faust's base classes log under the name of the module of each subclass
_SUBCLASSES = (consumer, consumer_thread, producer, recovery, store, table, transport)
SUBCLASS_LOGGERS = tuple(module.__name__ for module in _SUBCLASSES)
VERBOSE_LOGGERS = ("faust", "mode", "aiokafka", *SUBCLASS_LOGGERS)


def new_loop() -> asyncio.AbstractEventLoop:
    """The loop to run on, set as the current one; Faust's threads make more of its kind."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def run(app: App, loop: asyncio.AbstractEventLoop) -> int:
    """Block until the app has ended: 0 after SIGTERM or SIGINT, with all committed; 1 on a crash.

    A loop that hangs, or a session that is lost, ends the process itself, with code 1.

    Logging stays as configured, but for the libraries, which log from warnings on.
    """
    for name in VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        # each of its connections logs several times a second that Kafka is away
        handler.addFilter(RepeatFilter("aiokafka"))
    app.finalize()
    worker = faust.Worker(
        app, loop=loop, quiet=True, redirect_stdouts=False, override_logging=False
    )
    # it would write to the terminal even when `quiet`
    worker.spinner = None
    app.watchdog.watch(loop)
    try:
        worker.execute_from_commandline()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    finally:
        app.watchdog.stop()
