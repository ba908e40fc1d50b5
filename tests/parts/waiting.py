"""Waits that end: poll for what must become true, or say what did not."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.05
BUSY = 4
"""How many times longer a busy machine may take than a quiet one."""
LONGEST = 60
TURNS = 100
"""How often a loop turns until all of its tasks wait."""


class NotInTime(AssertionError):
    """What a test waited for did not happen in time."""


def until(look: Callable[[], T], what: str, timeout: float = 30.0) -> T:
    """The first truthy answer of `look`, asked every 50 ms.

    `timeout` is for a quiet machine; the wait is given up after `BUSY` times that, at most a
    minute longer.

    Raises:
        NotInTime: naming `what` was waited for and the last answer.
    """
    deadline = time.monotonic() + min(BUSY * timeout, timeout + 60)
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {timeout:g} s: {what} (last seen: {answer!r})")
        time.sleep(PAUSE)


async def until_in_loop(look: Callable[[], object], what: str) -> None:
    """`until` for what other tasks of this loop do, which run meanwhile; for 60 s at most."""
    deadline = time.monotonic() + LONGEST
    while not look():
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {LONGEST} s: {what}")
        await asyncio.sleep(PAUSE / 10)


async def let_others_run() -> None:
    """Turn the loop until every other task waits: for a timer, a thread or the test.

    That holds however slow the machine is, unlike a short sleep.
    """
    for _ in range(TURNS):
        await asyncio.sleep(0)
