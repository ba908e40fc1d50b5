"""An alert as an event for PagerDuty's Events API v2, but for the routing key."""

from typing import Any

from schemas.alert import Evidence, Level, Status
from services.notifier.domain.alert_view import cut, flags, one_line
from services.notifier.domain.ports import Notice

CLIENT = "Vedette"
LONGEST_SUMMARY = 1024
MOST_LINKS = 10
LONGEST_WORDS = 500
SEVERITIES = {
    Level.INFORMATIONAL: "info",
    Level.LOW: "info",
    Level.MEDIUM: "warning",
    Level.HIGH: "error",
    Level.CRITICAL: "critical",
}


def event(notice: Notice) -> dict[str, Any]:
    """A trigger while the alert fires, else a resolve: a withdrawn alert is over too.

    The alert's id is the `dedup_key`, so that a repeat changes nothing.
    """
    if notice.alert.status is not Status.FIRING:
        return {"event_action": "resolve", "dedup_key": notice.alert.id}
    return {
        "event_action": "trigger",
        "dedup_key": notice.alert.id,
        "client": CLIENT,
        "payload": payload(notice),
        "links": links(notice.alert.evidence),
    }


def payload(notice: Notice) -> dict[str, Any]:
    """What the person who is woken reads first."""
    alert = notice.alert
    marks = "".join(f" ({flag})" for flag in flags(notice))
    summary = cut(one_line(alert.summary) or alert.rule.title, LONGEST_SUMMARY - len(marks))
    return {
        "summary": summary + marks,
        "source": f"vedette/{alert.pack}",
        "severity": SEVERITIES[alert.level],
        "timestamp": alert.starts_at.isoformat(),
        "component": alert.pack,
        "group": ", ".join(f"{field}={value}" for field, value in sorted(alert.group.items())),
        "class": alert.rule.name,
        "custom_details": details(notice),
    }


def details(notice: Notice) -> dict[str, Any]:
    """The rest of the alert, in PagerDuty's table."""
    alert = notice.alert
    return {
        "explain": alert.explain,
        "action": alert.action or "",
        "level": alert.level,
        "rule": alert.rule.title,
        "revision": alert.revision,
        "flags": list(flags(notice)),
        "evidence_count": alert.evidence_count,
        "evidence": [_words(one) for one in alert.evidence[:MOST_LINKS]],
    }


def links(evidence: tuple[Evidence, ...]) -> list[dict[str, str]]:
    """The reports' addresses."""
    found = [one for one in evidence if one.url and one.url.startswith(("http://", "https://"))]
    return [
        {"href": one.url or "", "text": cut(one.title or one.source, LONGEST_WORDS)}
        for one in found[:MOST_LINKS]
    ]


def _words(one: Evidence) -> str:
    words = one_line(one.title or one.excerpt or "")
    when = f"{one.occurred_at:%Y-%m-%d %H:%M}"
    return cut(f"{one.source} ({one.grade}, {when} UTC): {words}", LONGEST_WORDS)
