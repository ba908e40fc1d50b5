"""How fetching a source goes, and when duty engineers hear of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.alert import Evidence
from schemas.duty import OWN_SOURCE, SOURCE_FAULTY, make_duty_hit
from schemas.signal import Signal

FAILURES_IN_A_ROW = 3
REPORT_INTERVAL = timedelta(minutes=5)
"""Shorter than the time after which the duty alert resolves."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The state of one source; `fault` is why the last fetch brought less than it should."""

    failures: int = 0
    fault: str | None = None
    reported_at: datetime | None = None

    def succeed(self) -> "SourceHealth":
        """After a fetch without a fault."""
        return SourceHealth()

    def fail(self, fault: str) -> "SourceHealth":
        """After a fetch with a fault."""
        return replace(self, failures=self.failures + 1, fault=fault)

    def is_due(self, now: datetime) -> bool:
        """Whether the duty channel is to hear of it now: at the third failure, and then on."""
        if self.failures < FAILURES_IN_A_ROW:
            return False
        return self.reported_at is None or now - self.reported_at >= REPORT_INTERVAL


def make_fault_signal(source: str, fault: str, now: datetime) -> Signal:
    """The hit of the duty window `source_faulty`."""
    evidence = Evidence(
        event_id=f"{source}@{now.timestamp():.0f}",
        source=OWN_SOURCE,
        occurred_at=now,
        recorded_at=now,
        title=f"{source}: {fault}"[:300],
    )
    return make_duty_hit(SOURCE_FAULTY, {"source": source}, evidence, {"fault": fault[:300]})
