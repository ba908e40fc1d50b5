"""What a token may send: token buckets of reports and of bytes, on a clock that is an argument."""

from dataclasses import dataclass
from typing import Self

REPORTS_PER_SECOND = 200.0
BYTES_PER_SECOND = 2.0 * 1024 * 1024
CONNECTIONS = 512
BURST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """So much a second, of which a pause saves up at most BURST_SECONDS. Times are seconds.

    What exceeds a full bucket may be taken from a full one, whose level then is below zero.
    """

    rate: float
    level: float
    at: float

    @classmethod
    def fill(cls, rate: float, now: float) -> Self:
        """A full bucket."""
        return cls(rate, rate * BURST_SECONDS, now)

    def find_wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken; 0 means now."""
        enough = min(amount, self.rate * BURST_SECONDS)
        return max(0.0, (enough - self._find_level(now)) / self.rate)

    def take(self, amount: float, now: float) -> Self:
        """The bucket without `amount`; a negative amount is given back."""
        return type(self)(self.rate, self._find_level(now) - amount, now)

    def _find_level(self, now: float) -> float:
        saved = self.level + (now - self.at) * self.rate
        return min(saved, self.rate * BURST_SECONDS)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one token may still send."""

    reports: Bucket
    size: Bucket

    @classmethod
    def fill(cls, reports_per_second: float, bytes_per_second: float, now: float) -> Self:
        """The allowance of a token that sent nothing lately."""
        return cls(Bucket.fill(reports_per_second, now), Bucket.fill(bytes_per_second, now))

    def find_wait(self, reports: int, size: int, now: float) -> float:
        """Seconds until a body of `size` bytes with so many reports may be taken; 0 means now."""
        return max(self.reports.find_wait(reports, now), self.size.find_wait(size, now))

    def take(self, reports: int, size: int, now: float) -> Self:
        """The allowance without them; negative amounts are given back."""
        return type(self)(self.reports.take(reports, now), self.size.take(size, now))
