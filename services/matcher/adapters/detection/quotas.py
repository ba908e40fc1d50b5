"""Quotas: how much of detect's time the costly reports of one owner may take."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from schemas.event import Event
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.matcher import MatchResult
from services.token_bucket import Bucket

OVER_QUOTA = "too_costly: the reports of its owner are past their quota of the processor"
BURST_SECONDS = 3.0
"""Reports of one request were recorded at one time. The more it is, the longer an attack's first
texts hold up others."""
ORDINARY_SECONDS = 0.004
"""What most reports of 300 characters take; ingest bounds how many an owner sends."""
WAITED_SECONDS = 0.1
MOST_DEBT_SECONDS = 10.0
"""For so long a quota may have to grow until it is paid: then its owner fills the worker."""
MOST_OWNERS = 10_000
"""Buckets that are kept, of owners of costly reports: where ingest is open they may be invented."""


@dataclass(slots=True)
class Quotas:
    """Keeps costly reports of an owner from delaying those of others.

    What a report takes above the ordinary is taken from its owner's quota, which grows by `rate`
    seconds of the processor a second. Past it, reports are set aside once they have waited for
    longer than `WAITED_SECONDS`: while nothing waits, a costly report hardly harms others. One
    after the other they do, since each message of others needs the worker several times; so an
    owner who is `MOST_DEBT_SECONDS` past its quota has only what the quota gives.

    Each events partition has its own quota. Seconds pass as reports were recorded, so that a
    backlog is allowed as much as it was when it was new. A report is evaluated whole while
    anything is left. `wall` is compared with the time of recording, which is ingest's.
    """

    rate: float
    processor: Callable[[], float] = time.thread_time
    wall: Callable[[], float] = time.time
    buckets: OrderedDict[tuple[int, str], Bucket] = field(default_factory=OrderedDict)

    def match(
        self, matcher: Callable[[Event], MatchResult], event: Event, partition: int
    ) -> MatchResult | None:
        """What the matcher makes of the event; None, without asking it, past the quota."""
        key = (partition, event.source_owner or event.source)
        bucket = self.buckets.get(key)
        if bucket is not None and self._is_past(bucket, event):
            metrics.OVER_QUOTA.labels(partition).inc()
            return None
        began = self.processor()
        result = matcher(event)
        excess = self.processor() - began - ORDINARY_SECONDS
        if excess > 0:
            self._charge(key, excess, event.learned_at.timestamp())
        return result

    def _is_past(self, bucket: Bucket, event: Event) -> bool:
        recorded = event.learned_at.timestamp()
        level = bucket.find_level(recorded)
        if level <= -MOST_DEBT_SECONDS * bucket.rate:
            return True
        return level <= 0 and self.wall() - recorded > WAITED_SECONDS

    def _charge(self, key: tuple[int, str], seconds: float, recorded: float) -> None:
        bucket = self.buckets.get(key) or Bucket.fill(self.rate, BURST_SECONDS, recorded)
        self.buckets[key] = bucket.take(seconds, recorded)
        self.buckets.move_to_end(key)
        if len(self.buckets) > MOST_OWNERS:
            self.buckets.popitem(last=False)
