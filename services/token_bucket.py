"""Token buckets, on a clock that is an argument."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Bucket:
    """So much a second, of which a pause saves up at most `burst` seconds. Times are seconds.

    What exceeds a full bucket may be taken from a full one, whose level then is below zero.
    """

    rate: float
    burst: float
    level: float
    at: float

    @classmethod
    def fill(cls, rate: float, burst: float, now: float) -> Self:
        """A full bucket."""
        return cls(rate, burst, rate * burst, now)

    def find_wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken; 0 means now."""
        enough = min(amount, self.rate * self.burst)
        return max(0.0, (enough - self.find_level(now)) / self.rate)

    def take(self, amount: float, now: float) -> Self:
        """The bucket without `amount`; a negative amount is given back."""
        level = self.find_level(now) - amount
        return type(self)(self.rate, self.burst, level, max(now, self.at))

    def find_level(self, now: float) -> float:
        """How much is in it; a clock that goes back adds nothing."""
        saved = self.level + max(0.0, now - self.at) * self.rate
        return min(saved, self.rate * self.burst)
