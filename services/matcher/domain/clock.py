"""Clock: the time of one signals partition, the least tick over the events partitions."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from schemas.tick import Tick

RuleKey = tuple[str, str]
"""Pack and rule name."""


class Clock(msgspec.Struct, frozen=True):
    """The newest tick of each events partition; `offset` of the last tick applied.

    `since` has the time at which each rule began to watch: the clock's when it first met the rule.
    """

    offset: int = -1
    partitions: int = 0
    times: dict[int, datetime] = {}
    since: dict[str, datetime] = {}

    def advanced(self, tick: Tick, offset: int) -> "Clock":
        """The clock after `tick`; a tick that is not past the offset, or older, moves nothing."""
        if offset <= self.offset:
            return self
        known = self.times.get(tick.partition)
        newest = tick.time if known is None else max(known, tick.time)
        return msgspec.structs.replace(
            self,
            offset=offset,
            partitions=tick.partitions,
            times={**self.times, tick.partition: newest},
        )

    def watching(self, rules: Iterable[RuleKey]) -> "Clock":
        """The clock with the rules it had not met yet as watching from now on."""
        now = self.now()
        if now is None:
            return self
        fresh = {_named(rule): now for rule in rules if _named(rule) not in self.since}
        return msgspec.structs.replace(self, since=self.since | fresh) if fresh else self

    def watching_since(self, rule: RuleKey) -> datetime | None:
        """When the rule began to watch; None if the clock has not met it."""
        return self.since.get(_named(rule))

    def now(self) -> datetime | None:
        """The least of them; None until every events partition has ticked."""
        if self.partitions == 0 or len(self.times) < self.partitions:
            return None
        return min(self.times.values())


def _named(rule: RuleKey) -> str:
    return "/".join(rule)


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
