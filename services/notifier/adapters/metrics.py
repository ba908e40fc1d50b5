"""What the notifier counts."""

from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from schemas.alert import Alert
from services.telemetry import LATENCY_BUCKETS

NOTIFICATIONS = Counter(
    "vedette_notifier_notifications_total",
    "What became of revisions at receivers.",
    ["receiver", "result"],
)
END_TO_END = Histogram(
    "vedette_notifier_end_to_end_seconds",
    "First notification sent, since the alert's newest evidence was recorded.",
    ["receiver"],
    buckets=LATENCY_BUCKETS,
)
POSSIBLE_REPEATS = Counter(
    "vedette_notifier_possible_repeats_total",
    "Messages sent again because an earlier outcome could not be looked up.",
    ["receiver"],
)
QUEUED = Gauge(
    "vedette_notifier_queued", "Revisions queued, waiting for a retry included.", ["receiver"]
)
ALERTS = Counter(
    "vedette_notifier_alerts_total", "Messages taken from the alerts topic.", ["result"]
)
LAG = Gauge("vedette_notifier_consumer_lag", "Messages not yet taken, by partition.", ["partition"])
WATCHDOG = Gauge(
    "vedette_notifier_watchdog_seconds",
    "When the last watchdog that came through was sent, in seconds since 1970.",
    ["partition"],
)
WATCHDOG_LATENCY = Gauge(
    "vedette_notifier_watchdog_latency_seconds",
    "How long the last watchdog was on its way, by the events partition it came through.",
    ["partition"],
)
HEARTBEATS = Counter(
    "vedette_notifier_heartbeats_total", "Calls of the heartbeat service.", ["result"]
)
LOG_COMPLETE = Gauge(
    "vedette_notifier_log_complete", "1: the log is complete, 0: nothing is sent before it is."
)
REBUILDS = Counter(
    "vedette_notifier_rebuilds_total", "Logs completed from the ledger, that of a new Redis too."
)
DURABLE = Gauge(
    "vedette_notifier_redis_durable",
    "1: Redis keeps what it acknowledged, 0: it may not, -1: it does not say.",
)


def observe_first(receiver: str, alert: Alert, now: datetime) -> None:
    """Record the way from the newest report to the receiver."""
    recorded = [one.recorded_at for one in alert.evidence if one.recorded_at is not None]
    if recorded:
        seconds = (now - max(recorded)).total_seconds()
        END_TO_END.labels(receiver).observe(max(0.0, seconds))
