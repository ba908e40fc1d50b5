"""A thread of low priority: what runs there gives way to everything else on the machine."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

NICENESS = 19

T = TypeVar("T")


def _lower_priority() -> None:
    """Of this thread and those that it starts; on Linux alone, elsewhere nothing happens."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _new_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="reader", initializer=_lower_priority)


@dataclass(frozen=True, slots=True)
class QuietThread:
    """Runs one call at a time, in the order of the calls."""

    _pool: ThreadPoolExecutor = field(default_factory=_new_pool)

    async def run(self, call: Callable[[], T]) -> T:
        """The result of `call`; the loop goes on meanwhile. Raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)
