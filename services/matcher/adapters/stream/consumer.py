"""Faust's consumer with the two faults mended that cost offsets in a rebalance.

`docs/decisions/0004-consumer-remedies.md` tells what goes wrong without it.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress

from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.types import TP

from services.matcher.adapters.stream.producer import Producer
from services.matcher.adapters.stream.progress import Lag

LAST_COMMIT_SECONDS = 3.0


class Consumer(FaustConsumer):
    """Delivers nothing before the seek, forgets nothing before the commit."""

    _frozen: bool = False

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Mark partitions as active, with the flow stopped: each caller resumes it after its seek.

        Faust seeks after it resumed. What the fetcher delivers in between comes twice, and the
        commit then stands still.
        """
        self.stop_flow()
        super().resume_partitions(tps)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go back to what is committed, and to the start where nothing is.

        Faust stays where it is there, past all that was fetched and dropped while the flow stood.
        """
        committed = await super().seek_to_committed()
        fresh = [tp for tp, at in committed.items() if not (at or self._is_changelog_tp(tp))]
        if fresh:
            for tp, start in (await self.earliest_offsets(*fresh)).items():
                await self._seek(tp, start)
        return committed

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish and commit what is in flight, and only then drop the acknowledgements."""
        if not self.app.should_stop and self.assignment():
            await self._settle()
        await super().on_partitions_revoked(revoked)

    async def _settle(self) -> None:
        self.stop_flow()
        self.app.flow_control.suspend()
        self.pause_partitions(self.assignment())
        self.app.flow_control.clear()
        await self.wait_empty()

    async def freeze(self) -> None:
        """Commit what is done, and never anything again.

        When agents are cancelled, Faust acknowledges what they had in hand, and would commit it.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self.commit(), LAST_COMMIT_SECONDS)
        self._frozen = True

    async def wait_empty(self) -> None:
        """Wait until all that was begun is done, and committed.

        Faust's last commit joins one that is under way, which may know less than all.
        """
        await super().wait_empty()
        await self.maybe_wait_for_commit_to_finish()
        await self.commit()

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit `offsets` once all that was sent before them stands on Kafka.

        Faust's own flush gives up on a full buffer after 0.1 s and ignores what Kafka refused.
        """
        producer = self.app.producer
        if isinstance(producer, Producer) and not await producer.settled():
            return False
        return False if self._frozen else await super()._commit(offsets)

    def lags(self) -> Mapping[TP, Lag]:
        """For each partition owned that keeps offsets: what is committed, and what is not yet."""
        owned = [tp for tp in self.assignment() if not self._is_changelog_tp(tp)]
        return {tp: self._lag(tp) for tp in owned}

    def _lag(self, tp: TP) -> Lag:
        done = self._committed_offset[tp] or self._read_offset[tp] or 0
        return Lag(done, max(0, (self.highwater(tp) or 0) - done))
