"""The metrics of the matcher, by name."""

from prometheus_client import Counter, Gauge

EVENTS = Counter("vedette_matcher_events_total", "Events read.")
TICKS = Counter("vedette_matcher_ticks_total", "Ticks read, by topic.", ["topic"])
MATCHES = Counter("vedette_matcher_matches_total", "Events that a rule matched.", ["pack", "rule"])
SIGNALS = Counter("vedette_matcher_signals_total", "Signals sent to windows.", ["pack", "rule"])
ALERTS = Counter(
    "vedette_matcher_alerts_total",
    "Alert revisions sent for the first time.",
    ["level", "status"],
)
REPEATS = Counter(
    "vedette_matcher_alert_repeats_total", "Alert revisions sent again after a restart."
)
TOO_LATE = Counter(
    "vedette_matcher_too_late_total", "Hits too late for their windows.", ["pack", "rule"]
)
OVERTAKEN = Counter(
    "vedette_matcher_overtaken_signals_total",
    "Signals that were on their way when their rule was changed or removed: not counted.",
    ["pack", "rule"],
)
ADOPTED = Gauge(
    "vedette_matcher_adopted_bundle",
    "The rule bundle that states stand by, by signals partition.",
    ["partition"],
)
RELEASED = Gauge(
    "vedette_matcher_released_bundle",
    "The rule bundle whose changed rules have all of their past, by signals partition.",
    ["partition"],
)
FULL = Counter(
    "vedette_matcher_full_windows_total",
    "Hits that found their window at its `max_hits`: the oldest go.",
    ["pack", "rule"],
)
HEARTBEATS = Counter("vedette_matcher_heartbeats_total", "Heartbeats of watched sources sent.")
SOURCE_SILENCES = Counter(
    "vedette_matcher_source_silences_total",
    "Alerts of silent sources, firing and resolved.",
    ["status"],
)
DEAD_LETTERS = Counter(
    "vedette_matcher_dead_letters_total", "Dead letters, by what refused them.", ["where"]
)
UNREADABLE_SUPPRESSED = Counter(
    "vedette_matcher_unreadable_suppressed_total",
    "Unreadable items beyond their source's dead-letter limit, which are not copied.",
    ["source"],
)
LAG = Gauge(
    "vedette_matcher_lag", "Messages not yet committed, by partition.", ["topic", "partition"]
)
RECOVERING = Gauge(
    "vedette_matcher_recovering", "1 while partitions move or state is recovered, else 0."
)
RECOVERED = Counter(
    "vedette_matcher_recovered_messages_total", "Messages of the changelog read to have windows."
)
RULES = Gauge("vedette_matcher_rules", "Rules in force.")
BUNDLE = Gauge(
    "vedette_matcher_bundle_number", "The rule bundle in force; 0: rules of VEDETTE_RULES_DIR."
)
REJECTED = Gauge(
    "vedette_matcher_bundle_rejected",
    "1 while the newest bundle cannot be put in force and an older one stays, else 0.",
)
REJECTIONS = Counter(
    "vedette_matcher_bundles_rejected_total", "Bundles that could not be put in force."
)
REBUILDING = Gauge(
    "vedette_matcher_rebuilding",
    "Events partitions whose past is being judged by changed rules.",
)
BACKFILLS = Counter(
    "vedette_matcher_backfilled_signals_total",
    "Signals of past events sent to the windows of changed rules.",
    ["pack", "rule"],
)
