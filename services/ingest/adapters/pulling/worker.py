"""The worker: while it has the lease, a task for each source that is fetched."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from schemas.signal import Signal
from services.ingest.adapters import metrics
from services.ingest.adapters.pulling.redis_positions import LEASE_MS
from services.ingest.adapters.pulling.source_task import SourceTask, is_set_within
from services.ingest.domain.pulling.ports import Lease, NotLeading, PositionsUnavailable
from services.ingest.domain.pulling.source_health import make_fault_signal
from services.telemetry import logger

FINISH_SECONDS = 10.0
RENEWALS = 4
"""In the time of a lease: it outlives Redis being away for a moment."""

log = logger(__name__)

ListTasks = Callable[[], Sequence[SourceTask]]
"""A task for each source in force; the same sequence as before until sources change."""


@dataclass(frozen=True, slots=True)
class _RunningTask:
    """A task of the event loop, and how to end it."""

    task: SourceTask
    stopping: asyncio.Event
    running: asyncio.Task[None]

    @classmethod
    def start(cls, task: SourceTask) -> Self:
        stopping = asyncio.Event()
        return cls(task, stopping, asyncio.create_task(task.run(stopping)))

    def check(self) -> None:
        """Raise what ended it: a lost lease, or a bug."""
        if self.running.done():
            self.running.result()

    async def stop(self, seconds: float) -> None:
        """Let it finish what is in flight, for so long; then cancel it."""
        self.stopping.set()
        await asyncio.wait([self.running], timeout=seconds)
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


@dataclass(slots=True)
class PullWorker:
    """Fetches as long as it has the lease; otherwise waits for it. `tell` reaches duty engineers.

    `lease_seconds` is how long a lease is valid that nobody renews.
    """

    lease: Lease
    list_tasks: ListTasks
    tell: Callable[[Signal], Awaitable[bool]]
    now: Callable[[], datetime]
    lease_seconds: float = LEASE_MS / 1000
    clock: Callable[[], float] = time.monotonic
    _fault: str | None = field(default="not connected yet", init=False)
    _running: list[_RunningTask] = field(default_factory=list, init=False)

    @property
    def renew_seconds(self) -> float:
        """Between two renewals of the lease."""
        return self.lease_seconds / RENEWALS

    def fault(self) -> str | None:
        """What is wrong with Redis, or None; whoever waits for the lease has no fault."""
        return self._fault

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; returns when all in flight is finished or given up."""
        while not stopping.is_set():
            try:
                if await self.lease.acquire():
                    await self._lead(stopping)
                else:
                    self._fault = None
            except NotLeading:
                log.warning("lease lost")
            except PositionsUnavailable as error:
                self._note(str(error))
            await is_set_within(stopping, self.renew_seconds / 2)

    async def _lead(self, stopping: asyncio.Event) -> None:
        log.info("fetching")
        metrics.LEADING.set(1)
        self._fault, seconds = None, 0.0
        try:
            await self._keep(stopping)
            seconds = FINISH_SECONDS
        finally:
            metrics.LEADING.set(0)
            await _stop_all(self._running, seconds)
            self._running = []
            with suppress(PositionsUnavailable):
                await self.lease.release()
            log.info("no longer fetching")

    async def _keep(self, stopping: asyncio.Event) -> None:
        renewed_at = self.clock()
        await self._follow(self.list_tasks())
        while not await is_set_within(stopping, self.renew_seconds):
            renewed_at = await self._renew(renewed_at)
            for running in self._running:
                running.check()
            await self._tell_duty()
            await self._follow(self.list_tasks())

    async def _renew(self, renewed_at: float) -> float:
        """When the lease was renewed last."""
        try:
            await self.lease.renew()
        except PositionsUnavailable as error:
            self._note(str(error))
            if self.clock() - renewed_at > self.lease_seconds - self.renew_seconds:
                raise NotLeading from None
            return renewed_at
        self._fault = None
        return self.clock()

    async def _follow(self, tasks: Sequence[SourceTask]) -> None:
        """Run these tasks: those that run already go on."""
        wanted = {id(task) for task in tasks}
        kept = [running for running in self._running if id(running.task) in wanted]
        await _stop_all([each for each in self._running if each not in kept], FINISH_SECONDS)
        known = {id(running.task) for running in kept}
        started = [_RunningTask.start(task) for task in tasks if id(task) not in known]
        self._running = kept + started

    async def _tell_duty(self) -> None:
        now = self.now()
        for task in (running.task for running in self._running):
            if not task.health.is_due(now) or task.health.fault is None:
                continue
            if await self.tell(make_fault_signal(task.source, task.health.fault, now)):
                task.health = replace(task.health, reported_at=now)

    def _note(self, fault: str) -> None:
        if self._fault != fault:
            log.warning("positions unavailable", error=fault)
        self._fault = fault


async def _stop_all(running: Sequence[_RunningTask], seconds: float) -> None:
    await asyncio.gather(*(each.stop(seconds) for each in running))
