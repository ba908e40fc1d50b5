"""The dashboard *Pipeline*: where does the time go, and what is lost?"""

from deploy.grafana.panel import (
    NAMESPACE,
    PACK,
    DashboardSpec,
    Limits,
    PanelSpec,
    Query,
    increase,
    most,
    quantile,
    rate,
)

PARTITION = "namespace, topic, partition"


def _quantiles(metric: str) -> tuple[Query, ...]:
    return tuple(Query(quantile(share, metric), f"p{share * 100:.0f}") for share in (0.5, 0.99))


INGEST = (
    PanelSpec(
        "Intake by result",
        "Reports a second: accepted, refused (the client is told the field), unacknowledged by "
        "Kafka (the client sends again).",
        (Query(rate("vedette_ingest_events_total", "result"), "{{result}}"),),
        runbooks=("VedetteReportsUnacknowledged", "VedetteCannotTakeEvents"),
    ),
    PanelSpec(
        "Requests",
        "Requests to ingest a second, by status of the answer.",
        (Query(rate("vedette_ingest_requests_total", "status"), "{{status}}"),),
        unit="reqps",
    ),
    PanelSpec(
        "Durations",
        "Of requests to ingest and to the API, health left out.",
        (Query(quantile(0.99, "vedette_http_request_seconds", "service"), "p99 {{service}}"),),
        unit="s",
    ),
    PanelSpec(
        "Publish p99",
        "From handing messages to Kafka to its last acknowledgement.",
        _quantiles("vedette_ingest_publish_seconds"),
        unit="s",
        limits=Limits(1, 5),
    ),
    PanelSpec(
        "Buffer",
        "Bytes that ingest has handed to Kafka and that are not acknowledged; past 64 MiB it "
        "takes nothing more.",
        (Query(most("vedette_ingest_pending_bytes", "pod"), "{{pod}}"),),
        unit="bytes",
        limits=Limits(16 * 2**20, 64 * 2**20),
    ),
)
MATCHER = (
    PanelSpec(
        "Detect by pod",
        "Reports that each matcher evaluates a second.",
        (Query(rate("vedette_matcher_events_total", "pod"), "{{pod}}"),),
    ),
    PanelSpec(
        "Cost by rule",
        "Seconds of detect that the fifteen most costly rules take a second, of all matchers "
        "together.",
        (
            Query(
                f"topk(15, {rate('vedette_matcher_rule_seconds_total', 'rule', PACK)})", "{{rule}}"
            ),
        ),
        unit="percentunit",
        runbooks=("VedetteMatcherBehind",),
    ),
    PanelSpec(
        "Lag in messages",
        "Messages not yet processed, by topic.",
        (
            Query(
                f"sum by (topic) ({most('vedette_matcher_lag', PARTITION)})",
                "{{topic}}",
            ),
        ),
        runbooks=("VedetteMatcherStands", "VedetteMatcherBehind"),
    ),
    PanelSpec(
        "Lag in seconds",
        "How long ago the newest message was written that has been processed, where more wait.",
        (
            Query(
                "max by (topic) ((time() - "
                f"{most('vedette_matcher_processed_timestamp_seconds', PARTITION)}) "
                f"* ({most('vedette_matcher_lag', PARTITION)} > bool 0))",
                "{{topic}}",
            ),
            Query(f"max(vedette_reader_lag_seconds{{{NAMESPACE}}})", "reader"),
        ),
        unit="s",
        limits=Limits(10, 60),
        runbooks=("VedetteMatcherBehind", "VedetteReaderBehind"),
    ),
    PanelSpec(
        "Hops",
        "p95 from the writing of a message to the end of its processing, by topic. Exemplars name "
        "slow messages.",
        (
            Query(quantile(0.95, "vedette_matcher_hop_seconds", "topic"), "{{topic}}"),
            Query(quantile(0.95, "vedette_notifier_hop_seconds"), "alerts, to the queues"),
        ),
        unit="s",
        limits=Limits(0.5, 5),
        has_exemplars=True,
    ),
    PanelSpec(
        "Dead letters",
        "Messages that could not be used, by place and reason.",
        (Query(increase("vedette_dead_letters_total", "place, reason"), "{{place}} {{reason}}"),),
        runbooks=("VedetteDeadLetters", "VedetteMessageSetAside"),
    ),
)
STATE = (
    PanelSpec(
        "Recovery",
        "1 while a matcher waits for partitions or recovers states; and the messages of the "
        "changelog that it reads a second.",
        (
            Query(most("vedette_matcher_recovering", "pod"), "{{pod}} recovers"),
            Query(rate("vedette_matcher_recovered_messages_total", "pod"), "{{pod}} messages"),
        ),
        runbooks=("VedetteMatcherRecovering",),
    ),
    PanelSpec(
        "Rebalances",
        "Times that partitions were given to a matcher anew.",
        (Query(increase("vedette_matcher_rebalances_total", "pod"), "{{pod}}"),),
        runbooks=("VedetteRestarts",),
    ),
    PanelSpec(
        "Keys of state",
        "Keys of the table, by signals partition.",
        (Query(most("vedette_matcher_state_keys", "partition"), "{{partition}}"),),
    ),
    PanelSpec(
        "Bytes of state",
        "Bytes of keys and values of the table, by signals partition.",
        (Query(most("vedette_matcher_state_bytes", "partition"), "{{partition}}"),),
        unit="bytes",
        runbooks=("VedetteMatcherMemory",),
    ),
    PanelSpec(
        "Changelog",
        "Messages written to the changelog a second, by signals partition.",
        (
            Query(
                "max by (partition) "
                f"(rate(vedette_matcher_changelog_offset{{{NAMESPACE}}}[$__rate_interval]))",
                "{{partition}}",
            ),
        ),
    ),
    PanelSpec(
        "Backfill",
        "Partitions whose past is evaluated by changed rules now, and the signals that come of it.",
        (
            Query(f"sum(vedette_matcher_backfills_running{{{NAMESPACE}}})", "partitions"),
            Query(rate("vedette_matcher_backfill_signals_total", "rule", PACK), "{{rule}}"),
        ),
    ),
)
NOTIFIER = (
    PanelSpec(
        "Notifier lag",
        "Alerts in Kafka that are in no queue yet, by partition.",
        (Query(most("vedette_notifier_consumer_lag", "partition"), "{{partition}}"),),
        runbooks=("VedetteNotifierBehind",),
    ),
    PanelSpec(
        "Outbox",
        "Ledger lines and dead letters in Redis that Kafka does not have yet.",
        (Query(f"max(vedette_notifier_outbox_records{{{NAMESPACE}}})", "records"),),
        runbooks=("VedetteOutboxGrows",),
    ),
    PanelSpec(
        "Redis",
        "p99 of the time that Redis takes, by command; EXEC: a transaction.",
        (Query(quantile(0.99, "vedette_notifier_redis_seconds", "command"), "{{command}}"),),
        unit="s",
        limits=Limits(0.05, 1),
        runbooks=("VedetteLogNotDurable",),
    ),
)
PROCESSES = (
    PanelSpec(
        "Health faults",
        "Checks of `/readyz` that find a fault now.",
        (
            Query(
                most("vedette_health_fault", "service, check"),
                "{{service}} {{check}}",
            ),
        ),
        limits=Limits(0.5, 1),
        runbooks=("VedetteNotReady", "VedetteDown", "VedetteServiceAbsent"),
    ),
    PanelSpec(
        "Restarts",
        "Times that a process began, in the last hour.",
        (
            Query(
                "sum by (service) "
                f'(changes(process_start_time_seconds{{job="vedette",{NAMESPACE}}}[1h]))',
                "{{service}}",
            ),
        ),
        runbooks=("VedetteRestarts",),
    ),
    PanelSpec(
        "CPU",
        "Cores that each pod uses.",
        (
            Query(
                rate("process_cpu_seconds_total", "service, pod", f'job="vedette",{NAMESPACE}'),
                "{{pod}}",
            ),
        ),
    ),
    PanelSpec(
        "Memory",
        "Resident memory of each pod, and the limit of the matchers' guard.",
        (
            Query(f'process_resident_memory_bytes{{job="vedette",{NAMESPACE}}}', "{{pod}}"),
            Query(most("vedette_matcher_memory_limit_bytes", "pod") + " > 0", "{{pod}} limit"),
        ),
        unit="bytes",
        runbooks=("VedetteMatcherMemory",),
    ),
    PanelSpec(
        "Build",
        "Pods by the release that they run.",
        (
            Query(
                f"count by (service, version) (vedette_build_info{{{NAMESPACE}}})",
                "{{service}} {{version}}",
            ),
        ),
        is_stat=True,
    ),
    PanelSpec(
        "Configuration",
        "Pods by the digest of their settings: more than one a service only during a rollout.",
        (
            Query(
                f"count by (service, digest) (vedette_configuration_info{{{NAMESPACE}}})",
                "{{service}} {{digest}}",
            ),
        ),
        is_stat=True,
    ),
)
PIPELINE = DashboardSpec(
    "vedette-pipeline",
    "Vedette: Pipeline",
    "Where does the time go, and what is lost? From the intake of reports to the queues.",
    {
        "Ingest": INGEST,
        "Matcher": MATCHER,
        "State": STATE,
        "Notifier": NOTIFIER,
        "Processes": PROCESSES,
    },
)
