"""A time line as parts of a picture: where times lie, marks of alerts, dates below."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert

WIDTH = 900.0
"""Units of the time line's width, from the first event to the last."""

NARROWEST = 3.0
"""A mark that people can see and point at."""


@dataclass(frozen=True, slots=True)
class TimeMark:
    """An alert on the time line: from `x`, `width` wide, `kind` is its class."""

    x: float
    width: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Where a time lies on the picture."""

    since: datetime
    until: datetime

    def place(self, time: datetime) -> float:
        """Units from the left, within the picture."""
        span = (self.until - self.since).total_seconds() or 1.0
        share = (time - self.since).total_seconds() / span
        return round(WIDTH * min(1.0, max(0.0, share)), 1)

    def mark(self, alert: Alert, kind: str, label: str) -> TimeMark:
        """A mark from the first to the last firing time, wide enough to be seen."""
        start, end = self.place(alert.starts_at), self.place(alert.last_fired_at or alert.starts_at)
        return TimeMark(start, max(NARROWEST, end - start), kind, label)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Five dates below the picture."""
        for part in range(5):
            time = self.since + (self.until - self.since) * part / 4
            yield WIDTH * part / 4, f"{time:%d %b %Y}"
