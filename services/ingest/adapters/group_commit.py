"""Small requests of the same moment are stored together: one round to Redis and to Kafka."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from itertools import islice

from services.ingest.domain.normalize import StoredEvent
from services.ingest.domain.result import ReportResult

WAIT_SECONDS = 0.02
"""How long a request waits for an earlier group: one that Kafka does not answer stops no other."""
MOST_OF_REQUEST = 32
"""Events of a request that is stored together with others; a larger one is stored by itself."""
MOST_OF_GROUP = 200

Store = Callable[[Sequence[StoredEvent]], Awaitable[Sequence[ReportResult]]]
"""Stores events; the result of each, in order."""


@dataclass(frozen=True, slots=True)
class _WaitingRequest:
    events: Sequence[StoredEvent]
    results: asyncio.Future[list[ReportResult]]


@dataclass(slots=True)
class GroupCommit:
    """Stores the events of requests, in the order in which they come.

    A request leaves at once while nothing is on its way. Those that come meanwhile are the next
    group, which leaves when the last one is stored, after `wait_seconds`, or when it is large: so
    groups grow with the load, and a quiet service waits for nothing.
    """

    store_group: Store
    wait_seconds: float = WAIT_SECONDS
    _waiting: list[_WaitingRequest] = field(default_factory=list, init=False)
    _leaving: asyncio.Handle | None = field(default=None, init=False)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def store(self, events: Sequence[StoredEvent]) -> Sequence[ReportResult]:
        """The result of each event, in order, when it is stored."""
        if len(events) > MOST_OF_REQUEST:
            return await self.store_group(events)
        results: asyncio.Future[list[ReportResult]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_WaitingRequest(events, results))
        self._schedule()
        return await results

    def _schedule(self) -> None:
        if sum(len(request.events) for request in self._waiting) >= MOST_OF_GROUP:
            self._leave()
        elif self._leaving is None:
            loop = asyncio.get_running_loop()
            if self._under_way:
                self._leaving = loop.call_later(self.wait_seconds, self._leave)
            else:
                # not at once: other requests may have come in the same round of the loop
                self._leaving = loop.call_soon(self._leave)

    def _leave(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        if self._waiting:
            # of many requests: in the context, and so in the trace, of none of them
            task = asyncio.create_task(self._store_waiting(self._waiting), context=Context())
            self._waiting = []
            self._under_way.add(task)
            task.add_done_callback(self._end)

    async def _store_waiting(self, requests: Sequence[_WaitingRequest]) -> None:
        try:
            events = [event for request in requests for event in request.events]
            outcomes = iter(await self.store_group(events))
        except BaseException as error:  # noqa: BLE001  (each request has it raised, and none waits)
            for request in requests:
                _settle(request.results, error)
            return
        for request in requests:
            _settle(request.results, list(islice(outcomes, len(request.events))))

    def _end(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not self._under_way:
            self._leave()


def _settle(
    future: asyncio.Future[list[ReportResult]], outcome: list[ReportResult] | BaseException
) -> None:
    """Give a request what became of it, unless it waits no longer."""
    if future.done():
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
