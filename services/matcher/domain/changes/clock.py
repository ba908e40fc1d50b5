"""The clock of one signals partition: the least tick over the events partitions."""

from datetime import datetime

import msgspec

from schemas.tick import Tick


class PartitionClock(msgspec.Struct, frozen=True):
    """The newest tick of each events partition; `offset` of the last tick applied.

    `before` is what the clock was at the tick before. States forget by it: after a leap of the
    clock they still count what others have sent at that tick.
    """

    offset: int = -1
    partitions: int = 0
    times: dict[int, datetime] = {}
    before: datetime | None = None

    def advance(self, tick: Tick, offset: int) -> "PartitionClock":
        """The clock after `tick`; a tick that is not past the offset, or older, moves nothing."""
        if offset <= self.offset:
            return self
        known = self.times.get(tick.partition)
        newest = tick.time if known is None else max(known, tick.time)
        times = {**self.times, tick.partition: newest}
        return PartitionClock(offset, tick.partitions, times, before=self.now())

    def now(self) -> datetime | None:
        """The least of them; None until every events partition has ticked."""
        if self.partitions == 0 or len(self.times) < self.partitions:
            return None
        return min(self.times.values())
