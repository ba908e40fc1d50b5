"""How much one person may ask of a notifier, whose first work is to notify."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from services.refused_request import RefusedRequest
from services.token_bucket import Bucket

UNITS_PER_SECOND = 10.0
BURST_SECONDS = 10.0
MOST_PEOPLE = 1_000

ONE = 1
PAGE = 5
"""Units of what looks at many alerts."""
SCAN = 50
"""Units of what looks at all of them, about a second of processor."""


@dataclass(slots=True)
class CallLimiter:
    """Ten units a second for each person, of which a pause saves up a hundred."""

    clock: Callable[[], float] = time.monotonic
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def charge(self, name: str, units: int) -> None:
        """Take the units from what the person has.

        Raises RefusedRequest: 429, with how long to wait.
        """
        now = self.clock()
        if len(self.buckets) > MOST_PEOPLE:
            self.buckets.clear()
        bucket = self.buckets.get(name) or Bucket.fill(UNITS_PER_SECOND, BURST_SECONDS, now)
        wait = bucket.find_wait(units, now)
        if wait > 0:
            message = "too many requests by one person: ask again later"
            seconds = {"Retry-After": str(math.ceil(wait))}
            raise RefusedRequest(HTTPStatus.TOO_MANY_REQUESTS, message, seconds)
        self.buckets[name] = bucket.take(units, now)
