"""The dashboard *Watch floor*: do alerts arrive, and are they worth it?"""

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
)

FIRST = "vedette_notifier_end_to_end_seconds"


def _share_within(seconds: str) -> str:
    good = f'sum(increase({FIRST}_bucket{{{NAMESPACE},le=~"{seconds}"}}[30d]))'
    return f"{good} / sum(increase({FIRST}_count{{{NAMESPACE}}}[30d]))"


ARRIVAL = (
    PanelSpec(
        "Silence of the watchdog",
        "Since when no report of the watchdog has come through, in the partition that is worst. "
        "Every half minute one passes through all services: while they come, alerts can.",
        (
            Query(
                "time() - min(max by (namespace, partition) "
                f"(vedette_notifier_watchdog_timestamp_seconds{{{NAMESPACE}}}))",
                "silent",
            ),
        ),
        unit="s",
        is_stat=True,
        limits=Limits(60, 120),
        runbooks=("VedetteWatchdogLate", "VedetteWatchdogAbsent"),
    ),
    PanelSpec(
        "Objective over 30 days",
        "The share of alerts that reached a receiver within 1 s of their newest report, and within "
        "5 s: the objective is 99.9 % of these. What was held on purpose is left out.",
        (
            Query(_share_within("1|1.0"), "within 1 s"),
            Query(_share_within("5|5.0"), "within 5 s"),
        ),
        unit="percentunit",
        is_stat=True,
        limits=Limits(0.9995, 0.999, is_low_bad=True),
        runbooks=("VedetteAlertsLate", "VedetteAlertsOftenLate"),
    ),
    PanelSpec(
        "Receivers up",
        "1: the receiver takes messages. 0: it refuses everything, and its alerts are kept.",
        (
            Query(
                f"min by (receiver) (vedette_notifier_receiver_up{{{NAMESPACE}}})", "{{receiver}}"
            ),
        ),
        is_stat=True,
        limits=Limits(1, 0.5, is_low_bad=True),
        runbooks=("VedetteReceiverDown",),
    ),
    PanelSpec(
        "Log complete",
        "1: the notification log is whole. 0: Redis lost it, and nothing is sent until the ledger "
        "has rebuilt it.",
        (Query(f"min(vedette_notifier_log_complete{{{NAMESPACE}}})", "complete"),),
        is_stat=True,
        limits=Limits(1, 0.5, is_low_bad=True),
        runbooks=("VedetteLogLost", "VedetteLogNotDurable"),
    ),
    PanelSpec(
        "Bundle spread",
        "How far apart the numbers of the rule bundles are that matchers use: 0, but for seconds "
        "after a publication.",
        (
            Query(
                f"max(vedette_matcher_bundle_number{{{NAMESPACE}}}) "
                f"- min(vedette_matcher_bundle_number{{{NAMESPACE}}})",
                "spread",
            ),
        ),
        is_stat=True,
        limits=Limits(1, 2),
        runbooks=("VedetteBundlesDiffer", "VedetteBundleRejected"),
    ),
)
RECEIVERS = (
    PanelSpec(
        "p95 by receiver",
        "From the newest report of an alert to its first notification. Exemplars name alerts.",
        (Query(quantile(0.95, FIRST, "receiver"), "{{receiver}}"),),
        unit="s",
        limits=Limits(1, 5),
        runbooks=("VedetteAlertsLate",),
        has_exemplars=True,
    ),
    PanelSpec(
        "Outcomes",
        "Requests to receivers by what came of them: taken, limited, failed, unknown, refused.",
        (
            Query(
                increase("vedette_notifier_attempts_total", "receiver, outcome"),
                "{{receiver}} {{outcome}}",
            ),
        ),
        runbooks=("VedetteReceiverRefuses",),
    ),
    PanelSpec(
        "Queue",
        "Revisions queued at each receiver, also those that wait for a retry or on purpose.",
        (Query(most("vedette_notifier_queued_jobs", "receiver"), "{{receiver}}"),),
        runbooks=("VedetteQueueWaits",),
    ),
    PanelSpec(
        "Oldest by priority",
        "How long the oldest revision has been due that nobody has in hand.",
        (
            Query(
                most("vedette_notifier_oldest_job_seconds", "receiver, priority"),
                "{{receiver}} {{priority}}",
            ),
        ),
        unit="s",
        limits=Limits(10, 30),
        runbooks=("VedettePageWaits", "VedetteQueueWaits"),
    ),
)
SENT = "vedette_matcher_alerts_total"
FIRING = f'{PACK},status="firing"'
ALERTS = (
    PanelSpec(
        "Alerts by level",
        "Firing revisions that the matcher sent for the first time.",
        (Query(increase(SENT, "level", FIRING), "{{level}}"),),
    ),
    PanelSpec(
        "Alerts by rule",
        "The fifteen rules that alert most.",
        (
            Query(
                f"topk(15, {increase(SENT, 'rule', FIRING)})",
                "{{rule}}",
            ),
        ),
    ),
    PanelSpec(
        "Hits by rule",
        "The fifteen rules that match most reports.",
        (
            Query(
                f"topk(15, {increase('vedette_matcher_matches_total', 'rule', PACK)})", "{{rule}}"
            ),
        ),
    ),
    PanelSpec(
        "Sources silent",
        "For how long the fifteen quietest sources have sent nothing that was accepted.",
        (
            Query(
                "topk(15, time() - max by (source) "
                f"(vedette_ingest_source_last_seen_timestamp_seconds{{{NAMESPACE}}}))",
                "{{source}}",
            ),
        ),
        unit="s",
        runbooks=("VedetteSourceUnreadable",),
    ),
)
PEOPLE = (
    PanelSpec(
        "Time to acknowledge",
        "From the first sight of an alert to its first acknowledgement: the middle, and the slow "
        "tenth, over a day.",
        tuple(
            Query(
                f"histogram_quantile({share}, sum by (le, level) (increase("
                f"vedette_notifier_acknowledge_seconds_bucket{{{NAMESPACE}}}[1d])))",
                f"p{share * 100:.0f} {{{{level}}}}",
            )
            for share in (0.5, 0.9)
        ),
        unit="s",
    ),
    PanelSpec(
        "Useful and noise",
        "What people thought of alerts, over seven days. `vedette rules report` has it by rule.",
        (
            Query(
                f"sum by (verdict) (increase(vedette_notifier_verdicts_total{{{PACK}}}[7d]))",
                "{{verdict}}",
            ),
        ),
    ),
)
WATCH_FLOOR = DashboardSpec(
    "vedette-watch-floor",
    "Vedette: Watch floor",
    "Do alerts arrive, and are they worth it? For watch officers and whoever is on duty.",
    {
        "Do alerts arrive?": ARRIVAL,
        "Receivers": RECEIVERS,
        "Alerts, hits, sources": ALERTS,
        "People": PEOPLE,
    },
)
