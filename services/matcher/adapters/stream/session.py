"""The session: whether this worker is still a member of the consumer group.

Kafka gives our partitions away after a session time-out without a heartbeat. We learn of it
last, so what counts is when we last sent a heartbeat that was answered as a member's. A worker that
slept (SIGSTOP, a paused machine, a network that was down) holds writes that may arrive after those
of its successor.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

POLL_SECONDS = 0.02


class LeftGroup(Exception):
    """We left the group in order: what is not sent yet is never sent."""


def _boot_time() -> float:
    # the monotonic clock stops while the machine sleeps, and Kafka's may not
    return time.clock_gettime(time.CLOCK_BOOTTIME)


if not hasattr(time, "CLOCK_BOOTTIME"):
    _boot_time = time.monotonic


@dataclass(slots=True)
class Session:
    """Updated in the consumer's thread, read in the producer's loop.

    `seconds` is the session time-out, `rebalance_seconds` the time within which a member has to
    rejoin. `on_lost` is called, in the consumer's thread, when Kafka no longer knows us.
    """

    seconds: float
    rebalance_seconds: float
    on_lost: Callable[[], None]
    clock: Callable[[], float] = _boot_time
    _confirmed: float | None = field(default=None, init=False)
    _rebalancing: float | None = field(default=None, init=False)
    _left: bool = field(default=False, init=False)
    _heard: float | None = field(default=None, init=False)
    _joining: bool = field(default=False, init=False)

    def confirm(self, sent: float, *, rebalancing: bool = False) -> None:
        """A request sent at `sent` was answered as a member's; maybe to ask us to rejoin.

        Then we are a member for as long as the group waits for us, and no longer.
        """
        self._heard = sent
        if not rebalancing:
            self._rebalancing = None
        elif self._rebalancing is None:
            self._rebalancing = sent
        limit = self.rebalance_seconds - self.seconds
        rejoin = sent if self._rebalancing is None else self._rebalancing + limit
        self._confirmed = min(sent, rejoin)

    def lose(self) -> None:
        """Kafka does not know us. Before the first confirmation there is nothing to lose."""
        confirmed, self._confirmed = self._confirmed, None
        if confirmed is not None and not self._left:
            self.on_lost()

    def leave(self) -> None:
        """We leave in order, with everything committed."""
        self._left = True

    @contextmanager
    def joining(self) -> Iterator[None]:
        """While Kafka lets us wait for the other members, no heartbeat is sent."""
        self._joining = True
        try:
            yield
        finally:
            self._joining, self._heard = False, self.clock()

    def is_unanswered(self) -> bool:
        """Whether a member, and not one that joins or has left, was not answered for a session."""
        if self._heard is None or self._joining or self._left:
            return False
        return self.clock() - self._heard > self.seconds

    def is_valid(self) -> bool:
        """Whether what is sent now arrives within the session.

        Half of the session time-out is reserved for its way.
        """
        return self._confirmed is not None and self.clock() - self._confirmed < self.seconds / 2

    async def wait_valid(self) -> None:
        """Return as soon as it is valid.

        Raises:
            LeftGroup: it never will be again.
        """
        while not self.is_valid():
            if self._left:
                raise LeftGroup
            await asyncio.sleep(POLL_SECONDS)
