"""The metrics of the matcher, by name."""

from prometheus_client import Counter, Gauge, Histogram

from services.metrics import MALFORMED, show_dead_letters
from services.telemetry import LATENCY_BUCKETS

EVENTS = Counter("vedette_matcher_events_total", "Events read.")
TICKS_REFUSED = Counter(
    "vedette_matcher_ticks_refused_total",
    "Ticks whose time was too far ahead of Kafka's: they are not passed on.",
)
TICKS = Counter("vedette_matcher_ticks_total", "Ticks read, by topic.", ["topic"])
MATCHES = Counter("vedette_matcher_matches_total", "Events that a rule matched.", ["pack", "rule"])
SIGNALS = Counter("vedette_matcher_signals_total", "Signals sent to windows.", ["pack", "rule"])
ALERTS = Counter(
    "vedette_matcher_alerts_total",
    "Alert revisions sent for the first time; those of the watchdog left out.",
    ["pack", "rule", "level", "status"],
)
REPEATS = Counter("vedette_matcher_alert_repeats_total", "Alert revisions sent again.")
TOO_LATE = Counter(
    "vedette_matcher_too_late_total", "Hits too late for their windows.", ["pack", "rule"]
)
TOO_COSTLY = Counter(
    "vedette_matcher_too_costly_total",
    "Rules skipped on a report past its budget; without a pack: no rule in particular.",
    ["pack", "rule"],
)
OVER_QUOTA = Counter(
    "vedette_matcher_over_quota_total",
    "Reports that no rule was asked about, since their owner was past its quota, by partition.",
    ["partition"],
)
STALE_SIGNALS = Counter(
    "vedette_matcher_stale_signals_total",
    "Signals of an older version of their rule, or of one that was removed: not counted.",
    ["pack", "rule"],
)
MIGRATED = Gauge(
    "vedette_matcher_migrated_bundle",
    "The rule bundle that states are migrated to, by signals partition.",
    ["partition"],
)
RELEASED = Gauge(
    "vedette_matcher_released_bundle",
    "The rule bundle up to which changed rules are backfilled, by signals partition.",
    ["partition"],
)
FULL_WINDOWS = Counter(
    "vedette_matcher_full_windows_total",
    "Times a window passed its `max_hits`: hits of the owner that holds most are settled.",
    ["pack", "rule"],
)
HEARTBEATS = Counter("vedette_matcher_heartbeats_total", "Heartbeats of watched sources sent.")
SOURCE_SILENCES = Counter(
    "vedette_matcher_source_silences_total",
    "Alerts of silent sources, firing and resolved.",
    ["status"],
)
UNREADABLE_SUPPRESSED = Counter(
    "vedette_matcher_unreadable_suppressed_total",
    "Unreadable items beyond their source's dead-letter limit, which are not copied.",
    ["source"],
)
CRASHES_NAMED = Counter(
    "vedette_matcher_crashes_named_total",
    "Ends of workers that named a message, as read from the rules topic.",
    ["topic", "reason"],
)
SET_ASIDE = Counter(
    "vedette_matcher_set_aside_total",
    "Messages, and items of batches, that ended two workers: dead letters, not evaluated.",
    ["where"],
)
for _status in ("firing", "resolved"):
    SOURCE_SILENCES.labels(_status)
STAGES = ("detect", "correlate", "backfill")
for _where in STAGES:
    SET_ASIDE.labels(_where)  # the first one is an increase from 0 too
    show_dead_letters(_where, MALFORMED, "crashes_worker", "too_costly", "too_large")
MEMORY_LIMIT = Gauge(
    "vedette_matcher_memory_limit_bytes", "The limit of the memory guard; 0: there is no guard."
)
MEMORY = Gauge("vedette_matcher_memory_bytes", "Resident memory, as the memory guard measures it.")
LAG = Gauge(
    "vedette_matcher_lag", "Messages not yet committed, by partition.", ["topic", "partition"]
)
COMMITTED = Gauge(
    "vedette_matcher_committed_offset",
    "The committed offset, by partition: it stands still while nothing is processed.",
    ["topic", "partition"],
)
PROCESSED = Gauge(
    "vedette_matcher_processed_timestamp_seconds",
    "When the newest message processed was written, in seconds since 1970, by partition.",
    ["topic", "partition"],
)
HOP_SECONDS = Histogram(
    "vedette_matcher_hop_seconds",
    "From the writing of a message to Kafka to the end of its processing, by topic.",
    ["topic"],
    buckets=LATENCY_BUCKETS,
)
RECOVERING = Gauge(
    "vedette_matcher_recovering", "1 while partitions move or state is recovered, else 0."
)
REBALANCES = Counter(
    "vedette_matcher_rebalances_total", "Times that partitions were given to this worker anew."
)
STATE_KEYS = Gauge(
    "vedette_matcher_state_keys", "Keys of the table, by signals partition owned.", ["partition"]
)
STATE_BYTES = Gauge(
    "vedette_matcher_state_bytes",
    "Bytes of keys and values of the table, by signals partition owned.",
    ["partition"],
)
CHANGELOG = Gauge(
    "vedette_matcher_changelog_offset",
    "The newest message of the changelog that is applied, by signals partition owned.",
    ["partition"],
)
RULE_SECONDS = Counter(
    "vedette_matcher_rule_seconds_total",
    "Time that a detection rule took in detect, on the reports that its words admit.",
    ["pack", "rule"],
)
RECOVERED = Counter(
    "vedette_matcher_recovered_messages_total", "Messages of the changelog read to recover states."
)
RULES = Gauge("vedette_matcher_rules", "Active rules.")
BUNDLE = Gauge(
    "vedette_matcher_bundle_number", "The active rule bundle; 0: the rules of VEDETTE_RULES_DIR."
)
REJECTED = Gauge(
    "vedette_matcher_bundle_rejected",
    "1 while the newest bundle is rejected and an older one stays active, else 0.",
)
REJECTIONS = Counter("vedette_matcher_bundles_rejected_total", "Bundles that were rejected.")
BACKFILLS_RUNNING = Gauge(
    "vedette_matcher_backfills_running",
    "Events partitions whose past is evaluated by changed rules now.",
)
BACKFILL_SIGNALS = Counter(
    "vedette_matcher_backfill_signals_total",
    "Signals of past events, sent to the windows of changed rules.",
    ["pack", "rule"],
)
READER_GATED = Counter(
    "vedette_reader_gated_total", "Reports that passed a gate of the reader: its model read them."
)
READER_SECONDS = Histogram(
    "vedette_reader_seconds",
    "Time that the reader takes for a report, the gate included.",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.06, 0.1, 0.3, 1, 3, 10),
)
READER_SIGNALS = Counter(
    "vedette_reader_signals_total", "Suspected signals sent to windows.", ["pack", "rule"]
)
READER_UNREADABLE = Counter(
    "vedette_reader_unreadable_total", "Items that the reader leaves to detect: they are no events."
)
READER_HEADS = Gauge("vedette_reader_heads", "Heads of the active rules that fit the model.")
READER_LAG = Gauge(
    "vedette_reader_lag_seconds",
    "How long ago the newest report or tick was recorded that the reader has read.",
)
READER_ASKED = Counter(
    "vedette_reader_asked_total",
    "Questions for the reader's language model, by what came of them.",
    ["outcome"],
)
