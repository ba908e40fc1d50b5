"""The session: what this worker knows of its own standing in the consumer group.

Kafka gives our partitions away when it has not heard of us for the session's time. We learn of it
last, so what counts is when we last spoke and were still a member. A worker that slept (SIGSTOP,
a paused machine, a network that was gone) holds writes that may come after its successor's.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LOOK_EVERY = 0.02


class Left(Exception):
    """We left the group in order: what was not sent by then is never sent."""


def _awake_or_not() -> float:
    # the monotonic clock stands still while the machine sleeps, and Kafka's may not
    return time.clock_gettime(time.CLOCK_BOOTTIME)


if not hasattr(time, "CLOCK_BOOTTIME"):
    _awake_or_not = time.monotonic


@dataclass(slots=True)
class Session:
    """Told by the consumer's thread, asked by the producer's loop.

    `seconds` is the session's time-out; who is slower than `rebalance_seconds` to rejoin a
    rebalance is thrown out too. `on_lost` is called, in the consumer's thread, when Kafka no
    longer knows us.
    """

    seconds: float
    rebalance_seconds: float
    on_lost: Callable[[], None]
    clock: Callable[[], float] = _awake_or_not
    _heard: float | None = field(default=None, init=False)
    _rebalancing: float | None = field(default=None, init=False)
    _left: bool = field(default=False, init=False)

    def confirm(self, sent: float, *, rebalancing: bool = False) -> None:
        """What we said at `sent` was answered as a member's; the group may wait for us to rejoin.

        While it does, we stay a member for as long as it waits and no longer.
        """
        if not rebalancing:
            self._rebalancing = None
        elif self._rebalancing is None:
            self._rebalancing = sent
        limit = self.rebalance_seconds - self.seconds
        self._heard = sent if self._rebalancing is None else min(sent, self._rebalancing + limit)

    def lose(self) -> None:
        """Kafka does not know us (any more): nothing to lose before the first confirmation."""
        heard, self._heard = self._heard, None
        if heard is not None and not self._left:
            self.on_lost()

    def leave(self) -> None:
        """We are leaving in order, with everything committed."""
        self._left = True

    def stands(self) -> bool:
        """Whether what is sent now arrives within the session, however slowly.

        Half of the session's time is left for the way.
        """
        return self._heard is not None and self.clock() - self._heard < self.seconds / 2

    async def standing(self) -> None:
        """Return as soon as it stands.

        Raises:
            Left: it never will again.
        """
        while not self.stands():
            if self._left:
                raise Left
            await asyncio.sleep(LOOK_EVERY)
