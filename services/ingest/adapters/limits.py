"""The limits of each token, on the clock of this process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.ingest.adapters import metrics
from services.ingest.domain.limits import BYTES_PER_SECOND, REPORTS_PER_SECOND, Allowance
from services.ingest.domain.reporter import Reporter


class LimitExceeded(Exception):
    """A token sent too much; it may ask again in `wait` whole seconds, at least 1."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, math.ceil(wait))
        super().__init__(f"over the limit of this token: send it again in {self.wait} s")


@dataclass(frozen=True, slots=True)
class Limiter:
    """Charges each request to its token. All requests without a token share one allowance."""

    reports_per_second: float = REPORTS_PER_SECOND
    bytes_per_second: float = BYTES_PER_SECOND
    clock: Callable[[], float] = time.monotonic
    allowances: dict[str | None, Allowance] = field(default_factory=dict)

    def charge_body(self, reporter: Reporter, size: int) -> None:
        """Charge a body before it is read, so that a refused one costs nothing.

        Raises:
            LimitExceeded: nothing is charged.
        """
        allowance, now = self._find_allowance(reporter), self.clock()
        self._check(reporter, allowance.find_wait(1, size, now))
        self.allowances[reporter.source] = allowance.take(0, size, now)

    def give_back(self, reporter: Reporter, size: int) -> None:
        """Take back so many bytes of a charge that was too high."""
        allowance = self._find_allowance(reporter)
        self.allowances[reporter.source] = allowance.take(0, -size, self.clock())

    def charge_reports(self, reporter: Reporter, count: int, size: int) -> None:
        """Charge the reports of a body of `size` bytes, which stays charged in any case.

        Raises:
            LimitExceeded: no report is charged.
        """
        allowance, now = self._find_allowance(reporter), self.clock()
        if allowance.reports.find_wait(count, now):
            self._check(reporter, allowance.find_wait(count, size, now))
        self.allowances[reporter.source] = allowance.take(count, 0, now)

    def _find_allowance(self, reporter: Reporter) -> Allowance:
        reports = reporter.reports_per_second or self.reports_per_second
        size = reporter.bytes_per_second or self.bytes_per_second
        known = self.allowances.get(reporter.source)
        # the limit of a source may change while its token is known
        if known is not None and (known.reports.rate, known.size.rate) == (reports, size):
            return known
        return Allowance.fill(reports, size, self.clock())

    def _check(self, reporter: Reporter, wait: float) -> None:
        if wait:
            metrics.LIMITED.labels(reporter.source or "").inc()
            raise LimitExceeded(wait)
