"""Quotas: the time of the processor that the reports of one owner may take in detect."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from schemas.event import Event
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.matcher import MatchResult
from services.token_bucket import Bucket

OVER_QUOTA = "too_costly: the reports of its owner are past their quota of the processor"
BURST_SECONDS = 5.0
"""Reports of one request were recorded at one time; the first after a change of rules cost more."""
MOST_OWNERS = 10_000
"""Buckets that are kept: where ingest is open a reporter may invent owners."""


@dataclass(slots=True)
class Quotas:
    """Evaluates the reports of an owner for `rate` seconds of the processor a second.

    Each events partition has its own quota. Seconds pass as reports were recorded, so that a
    backlog is allowed as much as it was when it was new. A report is evaluated whole while
    anything is left.
    """

    rate: float
    processor: Callable[[], float] = time.thread_time
    buckets: OrderedDict[tuple[int, str], Bucket] = field(default_factory=OrderedDict)

    def match(
        self, matcher: Callable[[Event], MatchResult], event: Event, partition: int
    ) -> MatchResult | None:
        """What the matcher makes of the event; None, without asking it, past the quota."""
        key = (partition, event.source_owner or event.source)
        now = (event.recorded_at or event.occurred_at).timestamp()
        bucket = self.buckets.get(key) or Bucket.fill(self.rate, BURST_SECONDS, now)
        if bucket.find_level(now) <= 0:
            metrics.OVER_QUOTA.labels(partition).inc()
            return None
        began = self.processor()
        result = matcher(event)
        self._keep(key, bucket.take(self.processor() - began, now))
        return result

    def _keep(self, key: tuple[int, str], bucket: Bucket) -> None:
        self.buckets[key] = bucket
        self.buckets.move_to_end(key)
        if len(self.buckets) > MOST_OWNERS:
            self.buckets.popitem(last=False)
