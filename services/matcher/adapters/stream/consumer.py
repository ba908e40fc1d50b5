"""Faust's consumer, corrected: it neither repeats nor loses messages in a rebalance.

`docs/decisions/0004-consumer-remedies.md` lists the faults.
"""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, cast

from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.types import TP
from mode.services import WaitResults

from services.lost_messages import LostMessages, report_loss
from services.matcher.adapters.stream.producer import Producer
from services.matcher.adapters.stream.progress import Lag

LAST_COMMIT_SECONDS = 3.0
BURST = 50
"""Messages that are queued in one turn of the loop; an agent takes one a turn."""


class Consumer(FaustConsumer):
    """Delivers nothing before the seek, drops no acknowledgement before the commit."""

    _frozen: bool = False
    _queued: int = 0
    _lost_until: Mapping[TP, int] = MappingProxyType({})

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Mark partitions as active, with the flow stopped: each caller resumes it after its seek.

        Faust seeks after it resumes. What the fetcher delivers in between comes twice, and then
        the committed offset does not advance.
        """
        self.stop_flow()
        super().resume_partitions(tps)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the committed offsets, and to the start of partitions that no longer have them.

        Without a commit Faust does not seek, and skips what was fetched and dropped while it was
        stopped. A commit that retention has overtaken is reported: messages are lost.
        """
        committed = await super().seek_to_committed()
        read = {tp: at for tp, at in committed.items() if not self._is_changelog_tp(tp)}
        if read:
            for tp, start in (await self.earliest_offsets(*read)).items():
                await self._seek_to_start(tp, read[tp], start)
        return committed

    async def _seek_to_start(self, tp: TP, committed: int | None, start: int) -> None:
        """Seek to the first message where none, or a deleted one, is committed."""
        if committed and committed >= start:
            return
        await self._seek(tp, start)
        if committed:
            self._report_loss(tp, committed, start)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Note offsets that Kafka has skipped; report those that it no longer has."""
        await super()._add_gap(tp, offset_from, offset_to)
        if not self._is_changelog_tp(tp):
            start = (await self.earliest_offsets(tp))[tp]
            self._report_loss(tp, offset_from, min(start, offset_to))

    def _report_loss(self, tp: TP, since: int, until: int) -> None:
        """Report messages that were deleted unread, once each."""
        since = max(since, self._lost_until.get(tp, 0))
        if since >= until:
            return
        self._lost_until = {**self._lost_until, tp: until}
        lost = LostMessages(tp.topic, tp.partition, since, until)
        report_loss(lost)
        app = cast("Any", self.app)
        app.losses.append(lost)

    async def wait_first(self, *waits: Any, **limit: Any) -> Any:
        """As Faust's, at once where the first has nothing to wait for.

        Faust waits so until a message is queued, and makes four tasks for each: this took longer
        than most rules.
        """
        first, *others = waits
        if sys.version_info < (3, 12) or not asyncio.iscoroutine(first):
            return await super().wait_first(*waits, **limit)
        queueing = asyncio.Task(first, loop=self.loop, eager_start=True)
        if not queueing.done():
            return await super().wait_first(queueing, *others, **limit)
        for other in others:
            other.close()
        await self._leave_turns()
        return WaitResults([first], [queueing.result()], stopped=False)

    async def _leave_turns(self) -> None:
        """Let agents take what was queued: for a full queue Faust fetches nothing for a second."""
        self._queued += 1
        if self._queued == BURST:
            self._queued = 0
            for _ in range(BURST):
                await asyncio.sleep(0)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish and commit what is in flight, and only then drop the acknowledgements."""
        if not self.app.should_stop and self.assignment():
            await self._finish_in_flight()
        await super().on_partitions_revoked(revoked)

    async def _finish_in_flight(self) -> None:
        self.stop_flow()
        self.app.flow_control.suspend()
        self.pause_partitions(self.assignment())
        self.app.flow_control.clear()
        await self.wait_empty()

    async def freeze(self) -> None:
        """Commit what is done, and nothing afterwards.

        When agents are cancelled, Faust acknowledges the messages in hand, and would commit them.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self.commit(), LAST_COMMIT_SECONDS)
        self._frozen = True

    async def wait_empty(self) -> None:
        """Wait until all that is in flight is done, and committed.

        Faust's last commit joins one that is running, which may cover less than all.
        """
        await super().wait_empty()
        await self.maybe_wait_for_commit_to_finish()
        await self.commit()

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit `offsets` once Kafka has all that was sent before them.

        Faust's own flush gives up on a full buffer after 0.1 s and ignores what Kafka refused.
        """
        producer = self.app.producer
        if isinstance(producer, Producer) and not await producer.wait_acknowledged():
            return False
        return False if self._frozen else await super()._commit(offsets)

    def committed(self) -> Mapping[TP, int]:
        """The next offset to read of each partition owned, where one is committed."""
        owned = {tp: self._committed_offset[tp] for tp in self._owned()}
        return {tp: offset for tp, offset in owned.items() if offset is not None}

    def lags(self) -> Mapping[TP, Lag]:
        """The lag of each partition owned, changelogs left out."""
        return {tp: self._lag(tp) for tp in self._owned()}

    def has_polled(self) -> bool:
        """Whether Kafka has answered a fetch of each partition owned."""
        return all(self.highwater(tp) is not None for tp in self._owned())

    def _owned(self) -> list[TP]:
        return [tp for tp in self.assignment() if not self._is_changelog_tp(tp)]

    def _lag(self, tp: TP) -> Lag:
        committed = self._committed_offset[tp] or self._read_offset[tp] or 0
        return Lag(committed, max(0, (self.highwater(tp) or 0) - committed))
