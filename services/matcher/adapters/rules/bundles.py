"""Bundles: the rules in force in this worker, and a wait for newer ones."""

import asyncio
from dataclasses import dataclass, field

from services.matcher.domain.changes.active_rules import ActiveRules

PATIENCE_SECONDS = 120.0


class BundleMissing(Exception):
    """Another worker judges by a bundle that never came here: crash, and read the topic again."""


@dataclass(slots=True)
class Bundles:
    """What is in force; whoever follows the rules topic puts newer ones here.

    `settled` is the highest number that is known to be in force or refused.
    """

    current: ActiveRules
    patience: float = PATIENCE_SECONDS
    settled: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.settled = max(self.settled, self.current.number)

    def put(self, newer: ActiveRules) -> None:
        """`newer` is in force from now on."""
        self.current = newer
        self.settle(newer.number)

    def settle(self, number: int) -> None:
        """Bundle `number` need not be waited for: it is in force, or it never will be."""
        self.settled = max(self.settled, number)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def at_least(self, number: int) -> ActiveRules:
        """What is in force once bundle `number` is, or a newer one, or was refused here.

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
