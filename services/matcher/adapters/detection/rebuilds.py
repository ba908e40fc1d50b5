"""Rebuilds: the tasks that have the past of events partitions judged again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.domain.changes.active_rules import ActiveRules

log = telemetry.logger(__name__)


@dataclass(slots=True)
class Rebuilds:
    """A task for each events partition whose past is to be judged again.

    `failed` ends the process: whoever starts next begins again.
    """

    rebuild: Callable[[ActiveRules, int, int], Awaitable[None]]
    rebuilt: Callable[[int], int]
    failed: Callable[[BaseException], Awaitable[object]]
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, rules: ActiveRules, partition: int, until: int) -> None:
        """Judge by `rules` what stands before offset `until`, if that is still to be done.

        What was under way for the partition is given up: it is part of the new task.
        """
        if partition in self.tasks:
            self.tasks.pop(partition).cancel()
        if self.rebuilt(partition) < rules.number:
            task = asyncio.create_task(self._run(rules, partition, until))
            self.tasks[partition] = task
            task.add_done_callback(lambda _done: self._measure())
        self._measure()

    def stop(self) -> None:
        """Give up what is under way: partitions are on the move, or the process ends."""
        for task in self.tasks.values():
            task.cancel()
        self.tasks.clear()

    def _measure(self) -> None:
        metrics.REBUILDING.set(sum(not task.done() for task in self.tasks.values()))

    async def _run(self, rules: ActiveRules, partition: int, until: int) -> None:
        try:
            await self.rebuild(rules, partition, until)
        except Exception as error:
            log.exception("the past cannot be judged again", partition=partition)
            await self.failed(error)
