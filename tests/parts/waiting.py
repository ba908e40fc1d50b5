"""Waits that end: poll for what must become true, or say what did not."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.05


class NotInTime(AssertionError):
    """What a test waited for did not happen in time."""


def until(look: Callable[[], T], what: str, timeout: float = 30.0) -> T:
    """The first truthy answer of `look`, asked every 50 ms for at most `timeout` seconds.

    Raises:
        NotInTime: naming `what` was waited for and the last answer.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {timeout:g} s: {what} (last seen: {answer!r})")
        time.sleep(PAUSE)
