"""Crash and park: how the process ends on a fault that no dead letter can hold."""

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

    Returning would acknowledge the message in hand. So it stays unacknowledged and its offset
    uncommitted, and the process gets it again when it is restarted.
    """
    await crash(app, error)
    await asyncio.Event().wait()
    raise AssertionError("nobody sets an event that nobody knows") from error


def exit_now(reason: str) -> NoReturn:
    """End the process with code 1 at once, from any thread: nothing that it holds is sent."""
    log.critical("exit without sending", reason=reason)
    os._exit(FAILED)


async def crash(app: faust.App, error: BaseException) -> None:
    """Commit what is done and end the process with code 1, in 10 seconds at the latest."""
    log.critical("crash: nothing more is processed", reason=repr(error))
    # Faust's own shutdown may hang on what crashed
    asyncio.get_running_loop().call_later(GRACE_SECONDS, os._exit, FAILED)
    if isinstance(app.consumer, Consumer):
        await app.consumer.freeze()
    await app.crash(error)
