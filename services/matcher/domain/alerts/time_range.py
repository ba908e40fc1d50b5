"""TimeRange: the times from one to another, in microseconds."""

from typing import NamedTuple

from services.matcher.domain.windows.state import FOREVER, NEVER


class TimeRange(NamedTuple):
    """The times from `first` to `last`, both included."""

    first: int
    last: int

    def join(self, other: "TimeRange") -> "TimeRange":
        """The least range with the times of both."""
        return TimeRange(min(self.first, other.first), max(self.last, other.last))


ALWAYS = TimeRange(NEVER, FOREVER)
NO_TIMES = TimeRange(FOREVER, NEVER)
