"""Crash and park: the one way out of a fault that no dead letter can hold."""

import asyncio
import os
from typing import NoReturn

import faust

from services import telemetry
from services.matcher.adapters.stream.consumer import Consumer

log = telemetry.logger(__name__)

GRACE_SECONDS = 10
FAILED = 1


async def crash_and_park(app: faust.App, error: BaseException) -> NoReturn:
    """End the process with code 1, and never return.

    Returning would acknowledge the message in hand; so it stays unacknowledged, its offset
    uncommitted, and whoever restarts the process gets it again.
    """
    await crash(app, error)
    await asyncio.Event().wait()
    raise AssertionError("nobody sets an event that nobody knows") from error


def stop_dead(reason: str) -> NoReturn:
    """End the process with code 1 at once, from any thread: nothing that it holds is sent."""
    log.critical("stopped dead", reason=reason)
    os._exit(FAILED)


async def crash(app: faust.App, error: BaseException) -> None:
    """Commit what is done and end the process with code 1, in 10 seconds at the latest."""
    log.critical("crashed: nothing more is processed", reason=repr(error))
    # Faust's own shutdown may hang on what crashed
    asyncio.get_running_loop().call_later(GRACE_SECONDS, os._exit, FAILED)
    if isinstance(app.consumer, Consumer):
        await app.consumer.freeze()
    await app.crash(error)
