"""Clock: the time of one signals partition, the least tick over the events partitions."""

from datetime import datetime

import msgspec

from schemas.tick import Tick


class Clock(msgspec.Struct, frozen=True):
    """The newest tick of each events partition; `offset` of the last tick applied."""

    offset: int = -1
    partitions: int = 0
    times: dict[int, datetime] = {}

    def advanced(self, tick: Tick, offset: int) -> "Clock":
        """The clock after `tick`; a tick that is not past the offset, or older, moves nothing."""
        if offset <= self.offset:
            return self
        known = self.times.get(tick.partition)
        newest = tick.time if known is None else max(known, tick.time)
        return Clock(
            offset=offset,
            partitions=tick.partitions,
            times={**self.times, tick.partition: newest},
        )

    def now(self) -> datetime | None:
        """The least of them; None until every events partition has ticked."""
        if self.partitions == 0 or len(self.times) < self.partitions:
            return None
        return min(self.times.values())


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Clock)


def encode_clock(clock: Clock) -> bytes:
    """The clock as JSON."""
    return _ENCODER.encode(clock)


def decode_clock(raw: bytes) -> Clock:
    """The clock back from `encode_clock`.

    Raises:
        msgspec.ValidationError: these bytes are no clock.
    """
    return _DECODER.decode(raw)
