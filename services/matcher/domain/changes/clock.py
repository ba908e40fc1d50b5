"""Clock: the time of one signals partition, the least tick over the events partitions."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from schemas.bundle import NO_BUNDLE, BackfillBarrier, OnChange
from schemas.tick import Tick
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey


class Clock(msgspec.Struct, frozen=True):
    """The newest tick of each events partition; `offset` of the last tick applied.

    `since` has the time at which each rule began to watch: the clock's when it first met the rule.
    The states stand by the rules of bundle `bundle`, called `names` (a digest). `barriers` has for
    each level of rules and each partition below it the bundle up to which their past is here; up
    to `released` that of all of them is.
    """

    offset: int = -1
    partitions: int = 0
    times: dict[int, datetime] = {}
    since: dict[str, datetime] = {}
    bundle: int = NO_BUNDLE
    barriers: dict[int, dict[int, int]] = {}
    released: dict[int, int] = {}
    names: str = ""

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

    def with_barrier(self, mark: BackfillBarrier) -> "Clock":
        """The clock once the past of a partition is here; an older mark changes nothing.

        It counts up to the bundle that the states stand by: a newer one may have been refused here.
        """
        bundle, known = min(mark.bundle, self.bundle), self.barriers.get(mark.level, {})
        if known.get(mark.partition, NO_BUNDLE) >= bundle:
            return self
        marks = {**known, mark.partition: bundle}
        least = min(marks.values()) if len(marks) >= mark.partitions else NO_BUNDLE
        reached = max(self.released_on(mark.level), least)
        return msgspec.structs.replace(
            self,
            barriers={**self.barriers, mark.level: marks},
            released={**self.released, mark.level: reached},
        )

    def released_on(self, level: int) -> int:
        """The bundle whose changed rules of a level have all of their past."""
        return self.released.get(level, NO_BUNDLE)

    def adopting(self, rulebook: Rulebook) -> "Clock":
        """The clock with states that stand by this rulebook; rules that are gone are forgotten."""
        names = {_named(rule) for rule in rulebook.windows}
        since = {rule: at for rule, at in self.since.items() if rule in names}
        return msgspec.structs.replace(self, bundle=rulebook.number, since=since)

    def stands_by(self, number: int, names: str) -> bool:
        """Whether the states need not be gone through for a bundle; an older one is no reason to.

        Of rules from a folder, which have no number, only the names are looked at.
        """
        if number != self.bundle:
            return number < self.bundle
        return number != NO_BUNDLE or self.names in ("", names)

    def naming(self, names: str) -> "Clock":
        """The clock with the names of its rules noted."""
        return self if self.names == names else msgspec.structs.replace(self, names=names)

    def is_backfilling(self, standing: RuleGeneration, level: int = 0) -> bool:
        """Whether the past of a rule of `level` that stands so is still being judged again."""
        rebuilt = standing.on_change is OnChange.REBUILD
        return rebuilt and standing.changed_in > self.released_on(level)

    def now(self) -> datetime | None:
        """The least of them; None until every events partition has ticked."""
        if self.partitions == 0 or len(self.times) < self.partitions:
            return None
        return min(self.times.values())


def _named(rule: RuleKey) -> str:
    return "/".join(rule)


def names_of(rulebook: Rulebook) -> str:
    """A digest of what the rules and hypotheses of a rulebook are called."""
    told = [
        *map(_named, rulebook.windows),
        *(f"{one.pack}:{one.name}" for one in rulebook.hypotheses),
    ]
    return hashlib.sha256(" ".join(sorted(told)).encode()).hexdigest()[:16]


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
