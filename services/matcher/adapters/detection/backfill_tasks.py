"""Backfill tasks: one for each events partition whose past is evaluated by changed rules."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.domain.changes.active_rules import ActiveRules

log = telemetry.logger(__name__)


@dataclass(slots=True)
class BackfillTasks:
    """Runs `backfill` in a task for each events partition.

    `backfilled` gives the bundle up to which a partition is backfilled. `fail` ends the process;
    whoever owns the partition next begins again.
    """

    backfill: Callable[[ActiveRules, int, int], Awaitable[None]]
    backfilled: Callable[[int], int]
    fail: Callable[[BaseException], Awaitable[object]]
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, rules: ActiveRules, partition: int, until: int) -> None:
        """Start to evaluate `rules` on what is before offset `until`, unless that is done.

        A backfill that runs for the partition is cancelled: the new one includes it.
        """
        if partition in self.tasks:
            self.tasks.pop(partition).cancel()
        if self.backfilled(partition) < rules.number:
            task = asyncio.create_task(self._run(rules, partition, until))
            self.tasks[partition] = task
            task.add_done_callback(lambda _done: self._measure())
        self._measure()

    def stop(self) -> None:
        """Cancel all: partitions move, or the process ends."""
        for task in self.tasks.values():
            task.cancel()
        self.tasks.clear()

    def _measure(self) -> None:
        metrics.BACKFILLS_RUNNING.set(sum(not task.done() for task in self.tasks.values()))

    async def _run(self, rules: ActiveRules, partition: int, until: int) -> None:
        try:
            await self.backfill(rules, partition, until)
        except Exception as error:
            log.exception("backfill failed", partition=partition)
            await self.fail(error)
