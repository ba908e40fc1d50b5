"""What a token may send: token buckets of reports and of bytes."""

from dataclasses import dataclass
from typing import Self

from services.token_bucket import Bucket

REPORTS_PER_SECOND = 200.0
BYTES_PER_SECOND = 2.0 * 1024 * 1024
CONNECTIONS = 512
BURST_SECONDS = 1.0
"""What a pause saves up: all of it may come at once, and others wait behind it."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one token may still send."""

    reports: Bucket
    size: Bucket

    @classmethod
    def fill(cls, reports_per_second: float, bytes_per_second: float, now: float) -> Self:
        """The allowance of a token that sent nothing lately."""
        return cls(
            Bucket.fill(reports_per_second, BURST_SECONDS, now),
            Bucket.fill(bytes_per_second, BURST_SECONDS, now),
        )

    def find_wait(self, reports: int, size: int, now: float) -> float:
        """Seconds until a body of `size` bytes with so many reports may be taken; 0 means now."""
        return max(self.reports.find_wait(reports, now), self.size.find_wait(size, now))

    def take(self, reports: int, size: int, now: float) -> Self:
        """The allowance without them; negative amounts are given back."""
        return type(self)(
            self.reports.take(reports, now) if reports else self.reports,
            self.size.take(size, now) if size else self.size,
        )
