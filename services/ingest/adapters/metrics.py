"""What ingest counts."""

import collections
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from services.ingest.domain.result import ReportResult, ReportStatus
from services.telemetry import LATENCY_BUCKETS

EVENTS = Counter("vedette_ingest_events_total", "Reports by result.", ["result"])
REQUESTS = Counter("vedette_ingest_requests_total", "Requests by status of the answer.", ["status"])
LIMITED = Counter(
    "vedette_ingest_limited_total",
    "Requests answered 429, by the source of their token; empty: no token.",
    ["source"],
)
PUBLISH = Histogram(
    "vedette_ingest_publish_seconds",
    "From handing messages to Kafka to its last acknowledgement.",
    buckets=LATENCY_BUCKETS,
)
MESSAGES = Counter("vedette_ingest_messages_total", "Messages to Kafka by result.", ["result"])
PENDING = Gauge("vedette_ingest_pending_bytes", "Bytes handed to Kafka, not yet acknowledged.")
WATCHDOG = Counter("vedette_ingest_watchdog_total", "Rounds of the watchdog.", ["result"])
WATCHDOG_INTERVAL = Gauge(
    "vedette_ingest_watchdog_interval_seconds", "Time between rounds of the watchdog; 0: none."
)
WATCHDOG_SENT = Gauge(
    "vedette_ingest_watchdog_sent_timestamp_seconds",
    "When the newest round of the watchdog began, by events partition, in seconds since 1970.",
    ["partition"],
)
LAST_SEEN = Gauge(
    "vedette_ingest_source_last_seen_timestamp_seconds",
    "When a report of a source was last accepted, by its token, in seconds since 1970.",
    ["source"],
)
MOST_SOURCES = 1000
"""Series of sources: those of the file of tokens, and no more."""
CONNECTED = Gauge("vedette_ingest_kafka_up", "1 while Kafka answers and has the events topic.")
SOURCES_VALID = Gauge(
    "vedette_ingest_sources_valid",
    "1 while the files of sources have no fault.",
)
HOOK_REPORTS = Counter(
    "vedette_ingest_hook_reports_total", "Reports of hooks by result.", ["source", "result"]
)
HOOK_SKIPPED = Counter(
    "vedette_ingest_hook_skipped_total", "Items that the mapping of a hook leaves out.", ["source"]
)
SOURCES = Gauge("vedette_ingest_sources", "Sources in force, by kind.", ["kind"])
PULLS = Counter(
    "vedette_ingest_pulls_total",
    "Readings of sources that are fetched, by result: `ok`, or the reason of a failure.",
    ["source", "result"],
)
PULLED = Counter(
    "vedette_ingest_pulled_reports_total",
    "Reports of sources that are fetched, by result; skipped: left out by the source's file.",
    ["source", "result"],
)
PULLED_AT = Gauge(
    "vedette_ingest_pulled_timestamp_seconds",
    "When a source that is fetched was last read without a failure.",
    ["source"],
)
DUTY_CONNECTED = Gauge(
    "vedette_ingest_duty_up", "1 while duty engineers can be told of sources: the signals topic."
)
DEAD_LETTERS_CONNECTED = Gauge(
    "vedette_ingest_dead_letters_up", "1 while refused reports can become dead letters."
)
REFUSED_SUPPRESSED = Counter(
    "vedette_ingest_refused_suppressed_total",
    "Refused reports of sources that are fetched that became no dead letter: past the limit.",
    ["source"],
)
LEADING = Gauge(
    "vedette_ingest_worker_leading", "1 while this worker fetches, 0 while another may."
)

STORIES = Counter(
    "vedette_ingest_stories_total",
    "Events by what became of their story: joined, founded (their own), skipped, unavailable.",
    ["result"],
)
STORY_SECONDS = Histogram(
    "vedette_ingest_story_seconds",
    "From asking for the stories of a request to the answer.",
    buckets=LATENCY_BUCKETS,
)
STORIES_UP = Gauge(
    "vedette_ingest_stories_up", "1 while stories are found; 0 while that Redis is away or unset."
)

for _result in ("joined", "founded", "skipped", "unavailable"):
    STORIES.labels(_result)
for _status in ReportStatus:
    EVENTS.labels(_status.value)
for _result in ("acknowledged", "failed"):
    MESSAGES.labels(_result)
    WATCHDOG.labels(_result)
for _code in (202, 400, 401, 408, 413, 415, 422, 429, 503):
    REQUESTS.labels(str(_code))


def count_results(results: Iterable[ReportResult]) -> None:
    """Count each report by its status."""
    for status, count in collections.Counter(result.status for result in results).items():
        EVENTS.labels(status.value).inc(count)


class LastSeen:
    """When each source was last heard, of the first MOST_SOURCES."""

    def __init__(self) -> None:
        self._sources: set[str] = set()

    def note(self, source: str, now: datetime) -> None:
        """A report of the source was accepted."""
        if source in self._sources or len(self._sources) < MOST_SOURCES:
            self._sources.add(source)
            LAST_SEEN.labels(source).set(now.timestamp())
