"""An alert as an event of PagerDuty's Events API v2, without the routing key."""

from typing import Any

from schemas.alert import Evidence, Level, Status
from services.notifier.domain.alert_view import cut, join_lines, list_flags
from services.notifier.domain.ports import Notice

CLIENT = "Vedette"
LONGEST_SUMMARY = 1024
MOST_LINKS = 10
LONGEST_TEXT = 500
SEVERITIES = {
    Level.INFORMATIONAL: "info",
    Level.LOW: "info",
    Level.MEDIUM: "warning",
    Level.HIGH: "error",
    Level.CRITICAL: "critical",
}


def build_event(notice: Notice) -> dict[str, Any]:
    """A trigger while the alert fires, else a resolve.

    The alert's id is the `dedup_key`, so a repeat changes nothing.
    """
    if notice.alert.status is not Status.FIRING:
        return {"event_action": "resolve", "dedup_key": notice.alert.id}
    return {
        "event_action": "trigger",
        "dedup_key": notice.alert.id,
        "client": CLIENT,
        "payload": _build_payload(notice),
        "links": _build_links(notice.alert.evidence),
    }


def _build_payload(notice: Notice) -> dict[str, Any]:
    """What the person on call reads first."""
    alert = notice.alert
    labels = "".join(f" ({flag})" for flag in list_flags(notice))
    summary = cut(join_lines(alert.summary) or alert.rule.title, LONGEST_SUMMARY - len(labels))
    return {
        "summary": summary + labels,
        "source": f"vedette/{alert.pack}",
        "severity": SEVERITIES[alert.level],
        "timestamp": alert.starts_at.isoformat(),
        "component": alert.pack,
        "group": ", ".join(f"{field}={value}" for field, value in sorted(alert.group.items())),
        "class": alert.rule.name,
        "custom_details": _build_details(notice),
    }


def _build_details(notice: Notice) -> dict[str, Any]:
    """The other fields, shown as a table."""
    alert = notice.alert
    return {
        "explain": alert.explain,
        "action": alert.action or "",
        "level": alert.level,
        "rule": alert.rule.title,
        "revision": alert.revision,
        "flags": list_flags(notice),
        "evidence_count": alert.evidence_count,
        "evidence": [_describe_evidence(report) for report in alert.evidence[:MOST_LINKS]],
    }


def _build_links(evidence: tuple[Evidence, ...]) -> list[dict[str, str]]:
    """The reports' web addresses."""
    linked = [
        report
        for report in evidence
        if report.url and report.url.startswith(("http://", "https://"))
    ]
    return [
        {"href": report.url or "", "text": cut(report.title or report.source, LONGEST_TEXT)}
        for report in linked[:MOST_LINKS]
    ]


def _describe_evidence(report: Evidence) -> str:
    words = join_lines(report.title or report.excerpt or "")
    when = f"{report.occurred_at:%Y-%m-%d %H:%M}"
    return cut(f"{report.source} ({report.grade}, {when} UTC): {words}", LONGEST_TEXT)
