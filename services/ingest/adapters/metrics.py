"""What ingest counts."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from services.ingest.domain.answer import ItemResult, ItemStatus
from services.telemetry import LATENCY_BUCKETS

EVENTS = Counter("vedette_ingest_events_total", "Reports by what became of them.", ["result"])
REQUESTS = Counter("vedette_ingest_requests_total", "Requests by answer.", ["status"])
PUBLISH = Histogram(
    "vedette_ingest_publish_seconds",
    "From handing messages to Kafka to its last acknowledgement.",
    buckets=LATENCY_BUCKETS,
)
MESSAGES = Counter("vedette_ingest_messages_total", "Messages to Kafka by outcome.", ["result"])
PENDING = Gauge("vedette_ingest_pending_bytes", "Bytes handed to Kafka, not yet acknowledged.")
BEATS = Counter("vedette_ingest_watchdog_total", "Beats of the watchdog, by outcome.", ["result"])
CONNECTED = Gauge("vedette_ingest_kafka_up", "1 while Kafka answers and has the events topic.")

for _outcome in ItemStatus:
    EVENTS.labels(_outcome.value)


def count_results(results: Iterable[ItemResult]) -> None:
    """Count each report by what became of it."""
    for result in results:
        EVENTS.labels(result.status.value).inc()
