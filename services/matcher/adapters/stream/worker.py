"""The worker: runs the Faust app until it is stopped or crashes."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable

import faust
import uvloop

from services.matcher.adapters.state import recovery, store, table
from services.matcher.adapters.stream import consumer, consumer_thread, producer, transport
from services.matcher.adapters.stream.crash import exit_now
from services.matcher.adapters.stream.transport import App
from services.telemetry import RepeatFilter

# Faust's base classes log under the name of the module of each subclass
_SUBCLASSES = (consumer, consumer_thread, producer, recovery, store, table, transport)
SUBCLASS_LOGGERS = tuple(module.__name__ for module in _SUBCLASSES)
VERBOSE_LOGGERS = ("faust", "mode", "aiokafka", "kafka", *SUBCLASS_LOGGERS)
REPEAT_SECONDS = 60.0
STOP_SECONDS = 25.0
"""More than what is in flight takes where Kafka answers; less than a supervisor waits."""


def end_after(seconds: float, end: Callable[[str], object] = exit_now) -> None:
    """Have the process ended in so many seconds, whatever its loops wait for; returns at once."""
    reason = f"Kafka took no last commit for {seconds:g} s: what it lacks is read again"
    deadline = threading.Timer(seconds, end, [reason])
    deadline.daemon = True
    deadline.start()


class StreamWorker(faust.Worker):
    """Faust's worker, which also ends where Kafka does not take the last commit."""

    def _schedule_shutdown(self, signal: signal.Signals) -> None:
        end_after(STOP_SECONDS)
        super()._schedule_shutdown(signal)


def new_loop() -> asyncio.AbstractEventLoop:
    """The loop to run on, set as the current one; Faust's threads make more of its kind."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def quiet_libraries() -> None:
    """Have the libraries log from warnings on, and each of aiokafka's once in a while."""
    for name in VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        # each of its connections logs several times a second that Kafka is away
        handler.addFilter(RepeatFilter("aiokafka", REPEAT_SECONDS))


def run(app: App, loop: asyncio.AbstractEventLoop) -> int:
    """Block until the app has ended: 0 after SIGTERM or SIGINT, with all committed; 1 on a crash.

    A loop that hangs, or a session that is lost, ends the process itself, with code 1; so does a
    stop that takes more than 25 seconds.
    """
    app.finalize()
    worker = StreamWorker(
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
