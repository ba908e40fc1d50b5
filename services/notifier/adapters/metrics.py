"""The notifier's metrics."""

from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from schemas.alert import Alert, Level
from services.metrics import MALFORMED, REFUSED, show_dead_letters
from services.telemetry import LATENCY_BUCKETS
from services.tracing import name_trace

RESULTS = ("sent", "edited", "adopted", "skipped", "retried", "refused")
NOTIFICATIONS = Counter(
    "vedette_notifier_notifications_total",
    "Results of revisions at receivers.",
    ["receiver", "result"],
)
OUTCOMES = ("taken", "limited", "failed", "unknown", "refused")
ATTEMPTS = Counter(
    "vedette_notifier_attempts_total",
    "Requests to receivers that show or change a message, by what came of them.",
    ["receiver", "outcome"],
)
RECEIVER_SECONDS = Histogram(
    "vedette_notifier_receiver_seconds",
    "Time that a receiver takes to answer a request.",
    ["receiver"],
    buckets=LATENCY_BUCKETS,
)
END_TO_END = Histogram(
    "vedette_notifier_end_to_end_seconds",
    "From the newest report of an alert to its first notification; held ones left out.",
    ["receiver"],
    buckets=LATENCY_BUCKETS,
)
LATENCY_UNKNOWN = Counter(
    "vedette_notifier_latency_unknown_total",
    "Notifications earlier than the report that they are about: the clocks of two machines differ.",
    ["receiver"],
)
POSSIBLE_REPEATS = Counter(
    "vedette_notifier_possible_repeats_total",
    "Messages that may repeat one whose outcome could not be looked up.",
    ["receiver"],
)
QUEUED = Gauge(
    "vedette_notifier_queued_jobs",
    "Revisions queued, those awaiting a retry included.",
    ["receiver"],
)
OLDEST = Gauge(
    "vedette_notifier_oldest_job_seconds",
    "Age of the oldest revision that is due and not claimed, by what it costs to be late.",
    ["receiver", "priority"],
)
RECEIVER_UP = Gauge(
    "vedette_notifier_receiver_up",
    "1: the receiver takes messages, as far as is known; 0: it refuses everything.",
    ["receiver"],
)
ALERTS = Counter(
    "vedette_notifier_alerts_total", "Messages read from the alerts topic.", ["result"]
)
LAG = Gauge("vedette_notifier_consumer_lag", "Messages not yet read, by partition.", ["partition"])
WATCHDOG = Gauge(
    "vedette_notifier_watchdog_timestamp_seconds",
    "When the newest watchdog alert received was sent, in seconds since 1970.",
    ["partition"],
)
WATCHDOG_LATENCY = Gauge(
    "vedette_notifier_watchdog_latency_seconds",
    "From sending to receipt of the newest watchdog alert, by events partition.",
    ["partition"],
)
HEARTBEATS = Counter(
    "vedette_notifier_heartbeats_total", "Calls of the heartbeat service.", ["result"]
)
ROUTES_VALID = Gauge(
    "vedette_notifier_routes_valid",
    "1: the file of routes as it stands is in force, 0: older ones are.",
)
API_REQUESTS = Counter(
    "vedette_notifier_api_requests_total",
    "Requests to the API by status of the answer.",
    ["status"],
)
INTERACTIONS = Counter(
    "vedette_notifier_interactions_total",
    "What Slack told of buttons and windows, by http or socket.",
    ["way"],
)
SLACK_SOCKET_UP = Gauge(
    "vedette_notifier_slack_socket_up",
    "1: Socket Mode is connected, 0: it is not, and buttons do nothing.",
)
RULE_ALERTS = Counter(
    "vedette_notifier_rule_alerts_total", "Alerts by the rule that made them.", ["pack", "rule"]
)
VERDICTS = Counter(
    "vedette_notifier_verdicts_total",
    "Verdicts of people on alerts, by rule: useful, noise or known.",
    ["pack", "rule", "verdict"],
)
LOG_COMPLETE = Gauge(
    "vedette_notifier_log_complete",
    "1: the log is complete, 0: nothing is sent until it is.",
)
REBUILDS = Counter(
    "vedette_notifier_rebuilds_total",
    "Logs completed from the ledger, those of a new Redis included.",
)
DURABLE = Gauge(
    "vedette_notifier_redis_durable",
    "1: Redis keeps what it acknowledged, 0: it may lose it, -1: unknown.",
)
PROCESSED = Gauge(
    "vedette_notifier_processed_timestamp_seconds",
    "When the newest alert that is queued was written, in seconds since 1970, by partition.",
    ["partition"],
)
HOP_SECONDS = Histogram(
    "vedette_notifier_hop_seconds",
    "From the writing of an alert to Kafka to its place in the queues, watchdogs included.",
    buckets=LATENCY_BUCKETS,
)
REDIS_SECONDS = Histogram(
    "vedette_notifier_redis_seconds",
    "Time that Redis takes for a command; EXEC: a transaction.",
    ["command"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5),
)
ACKNOWLEDGE_SECONDS = Histogram(
    "vedette_notifier_acknowledge_seconds",
    "From the first sight of an alert to its first acknowledgement, by level.",
    ["level"],
    buckets=(15, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400),
)
OUTBOX = Gauge(
    "vedette_notifier_outbox_records",
    "Ledger lines and dead letters in Redis that Kafka does not have yet.",
)

for _level in Level:
    ACKNOWLEDGE_SECONDS.labels(_level)
for _result in ("queued", "malformed"):
    ALERTS.labels(_result)
for _result in ("taken", "failed"):
    HEARTBEATS.labels(_result)
show_dead_letters("notifier", MALFORMED)


def show_receiver(name: str) -> None:
    """Begin the series of a receiver at 0, so that its first notification is an increase too."""
    for result in RESULTS:
        NOTIFICATIONS.labels(name, result)
    for outcome in OUTCOMES:
        ATTEMPTS.labels(name, outcome)
    RECEIVER_SECONDS.labels(name)
    END_TO_END.labels(name)
    LATENCY_UNKNOWN.labels(name)
    POSSIBLE_REPEATS.labels(name)
    show_dead_letters(f"notifier:{name}", REFUSED)


def observe_first(receiver: str, alert: Alert, now: datetime) -> None:
    """Measure the time to the first notification from the newest report, or from `starts_at`.

    What an absence waits for is later than its reports; history has no time that counts.
    """
    recorded = [report.recorded_at for report in alert.evidence if report.recorded_at]
    if not recorded or alert.backfill:
        return
    if now < max(recorded):
        LATENCY_UNKNOWN.labels(receiver).inc()
        return
    seconds = (now - max(*recorded, alert.starts_at)).total_seconds()
    exemplar = {"alert": alert.id[:48], **name_trace()}
    END_TO_END.labels(receiver).observe(max(0.0, seconds), exemplar)
