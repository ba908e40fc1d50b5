"""An alert as an event of PagerDuty's Events API v2, without the routing key."""

from typing import Any

from schemas.alert import Alert, Level, Status
from services.notifier.domain.alert_view import build_view
from services.notifier.domain.ports import Notice
from services.notifier.domain.views import AlertView, EvidenceView
from services.report_text import clean_line, cut_line

CLIENT = "Vedette"
LONGEST_SUMMARY = 1024
LONGEST_DETAIL = 4000
LONGEST_TEXT = 500
SEVERITIES = {
    Level.INFORMATIONAL: "info",
    Level.LOW: "info",
    Level.MEDIUM: "warning",
    Level.HIGH: "error",
    Level.CRITICAL: "critical",
}


def build_event(notice: Notice) -> dict[str, Any]:
    """A trigger while the alert fires, else a resolve; an acknowledgement of what is in hand.

    The alert's id is the `dedup_key`, so a repeat changes nothing.
    """
    if notice.alert.status is not Status.FIRING:
        return {"event_action": "resolve", "dedup_key": notice.alert.id}
    if notice.in_hand is not None and notice.before.status is Status.FIRING:
        return {"event_action": "acknowledge", "dedup_key": notice.alert.id}
    view = build_view(notice)
    return {
        "event_action": "trigger",
        "dedup_key": notice.alert.id,
        "client": CLIENT,
        "payload": _build_payload(notice, view),
        "links": [] if notice.short else _build_links(view),
    }


def _build_payload(notice: Notice, view: AlertView) -> dict[str, Any]:
    """What the person on call reads first; the short form has no details."""
    alert = notice.alert
    pack = clean_line(alert.pack)
    return {
        "summary": cut_line(view.headline, LONGEST_SUMMARY),
        "source": f"vedette/{pack}",
        "severity": SEVERITIES[alert.level],
        "timestamp": alert.starts_at.isoformat(),
        "component": pack,
        "group": cut_line(_name_group(alert), LONGEST_SUMMARY),
        "class": alert.rule.name,
        "custom_details": {} if notice.short else _build_details(alert, view),
    }


def _name_group(alert: Alert) -> str:
    group = sorted(alert.group.items())
    return ", ".join(f"{clean_line(name)}={clean_line(value)}" for name, value in group)


def _build_details(alert: Alert, view: AlertView) -> dict[str, Any]:
    """The other lines, shown as a table."""
    facts = {label.lower(): cut_line(text, LONGEST_DETAIL) for label, text in view.facts}
    return {
        "what": cut_line(view.summary or "", LONGEST_DETAIL),
        **facts,
        "level": alert.level,
        "revision": alert.revision,
        "evidence_count": alert.evidence_count,
        "evidence": [_describe_evidence(report) for report in view.evidence],
        "about": view.footer,
    }


def _build_links(view: AlertView) -> list[dict[str, str]]:
    """The reports' web addresses."""
    return [
        {"href": report.url, "text": cut_line(report.title or report.source, LONGEST_TEXT)}
        for report in view.evidence
        if report.url
    ]


def _describe_evidence(report: EvidenceView) -> str:
    words = report.title or "".join(run.text for run in report.excerpt).strip()
    role = f", {report.role}" if report.role else ""
    text = f"{report.source} ({report.grade}, {report.time}{role}): {words}"
    return cut_line(text, LONGEST_TEXT)
