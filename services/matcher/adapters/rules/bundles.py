"""The active rules of this worker, and a wait for newer ones."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.matcher.domain.changes.active_rules import ActiveRules

PATIENCE_SECONDS = 120.0


class BundleMissing(Exception):
    """Another worker uses a bundle that was never read here: crash, and read the topic again."""


@dataclass(slots=True)
class Bundles:
    """The active rules; the follower of the rules topic puts newer ones here.

    No bundle up to number `settled` needs to be waited for: it is active, refused or none at all.
    `newest_published` asks for the highest number that a bundle can have.
    """

    current: ActiveRules
    patience: float = PATIENCE_SECONDS
    settled: int = 0
    newest_published: Callable[[], Awaitable[int]] | None = None
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.settled = max(self.settled, self.current.number)

    def put(self, newer: ActiveRules) -> None:
        """Make `newer` the active rules."""
        self.current = newer
        self.settle(newer.number)

    def settle(self, number: int) -> None:
        """Note that bundle `number` is active or refused, so nobody waits for it."""
        self.settled = max(self.settled, number)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def is_impossible(self, number: int) -> bool:
        """Whether nobody has published bundle `number`, so that it is not worth waiting for."""
        if number <= self.settled or self.newest_published is None:
            return False
        return number > await self.newest_published()

    async def at_least(self, number: int) -> ActiveRules:
        """Wait until bundle `number` or a newer one is active or refused; the active rules then.

        Raises:
            BundleMissing: nothing of it came within `patience` seconds.
        """
        try:
            async with asyncio.timeout(self.patience):
                while self.settled < number:
                    await self._moved.wait()
        except TimeoutError:
            raise BundleMissing(f"bundle {number}: waited {self.patience:.0f} s") from None
        return self.current
