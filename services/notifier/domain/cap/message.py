"""An alert as a message of the Common Alerting Protocol 1.2.

The first is an `Alert`, later revisions are an `Update`, an end is a `Cancel`; each names those
before it. A drill has the status `Exercise`, what Vedette says of itself `System`.
"""

from xml.etree.ElementTree import Element, SubElement

from schemas.alert import Alert, Level, Status
from schemas.duty import is_duty
from schemas.ledger import Entry
from services.notifier.domain.alert_view import build_view
from services.notifier.domain.cap.identifiers import (
    write_identifier,
    write_references,
    write_time,
)
from services.notifier.domain.cap.xml_text import add_pairs, add_text, write_xml
from services.notifier.domain.entry import has_ended
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.watch.alert_summary import ArchivedAlert
from services.notifier.domain.webhook_message import render_text
from services.report_text import clean_line, cut_line

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
RESTRICTION = "For holders of a token of this Vedette"
LONGEST_HEADLINE = 160
"""Characters of a line, as the protocol suggests; counted in bytes."""
URGENCY = {Level.CRITICAL: "Immediate", Level.HIGH: "Expected", Level.MEDIUM: "Future"}
SEVERITY = {
    Level.INFORMATIONAL: "Unknown",
    Level.LOW: "Minor",
    Level.MEDIUM: "Moderate",
    Level.HIGH: "Severe",
    Level.CRITICAL: "Extreme",
}
PLACES = frozenset({"country", "admin1", "place", "sites"})


def build_cap(archived: ArchivedAlert, sender: str) -> bytes:
    """The message of the newest revision, as XML."""
    alert, earlier = archived.alert, archived.summary.earlier
    root = Element("alert", xmlns=NAMESPACE)
    references = write_references(sender, alert.id, earlier)
    header = {
        "identifier": write_identifier(alert.id, alert.revision),
        "sender": sender,
        "sent": write_time(alert.updated_at),
        "status": _choose_status(alert),
        "msgType": choose_type(alert, is_first=not earlier),
        "source": f"vedette/{clean_line(alert.pack)}/{clean_line(alert.rule.name)}",
        "scope": "Restricted",
        "restriction": RESTRICTION,
        "note": clean_line(alert.reason or ""),
        "references": references,
        "incidents": alert.fingerprint,
    }
    for name, text in header.items():
        add_text(root, name, text)
    _add_info(root, alert, is_first=not earlier)
    return write_xml(root)


def choose_type(alert: Alert, *, is_first: bool) -> str:
    """`Alert`, `Update` or `Cancel`; an end of what was never told is an `Alert` that is past."""
    if is_first:
        return "Alert"
    return "Cancel" if has_ended(alert) else "Update"


def _choose_status(alert: Alert) -> str:
    if alert.exercise:
        return "Exercise"
    return "System" if is_duty(alert) else "Actual"


def _add_info(root: Element, alert: Alert, *, is_first: bool) -> None:
    before = Entry() if is_first else Entry(status=Status.FIRING)
    notice, info = Notice(alert, before=before), SubElement(root, "info")
    view = build_view(notice)
    lines = {
        "language": "en",
        "category": "Other" if is_duty(alert) else "Security",
        "event": clean_line(alert.rule.title) or alert.rule.name,
        "responseType": _choose_response(alert),
        "urgency": "Past" if has_ended(alert) else URGENCY.get(alert.level, "Unknown"),
        "severity": SEVERITY[alert.level],
        "certainty": _judge_certainty(alert),
    }
    for name, text in lines.items():
        add_text(info, name, text)
    add_pairs(info, "eventCode", [("vedette:rule", f"{alert.pack}/{alert.rule.name}")])
    add_text(info, "onset", write_time(alert.starts_at))
    add_text(info, "senderName", "Vedette")
    add_text(info, "headline", cut_line(view.headline, LONGEST_HEADLINE))
    add_text(info, "description", render_text(notice))
    add_text(info, "instruction", clean_line(alert.action or ""))
    add_text(info, "web", next((report.url for report in view.evidence if report.url), None))
    labels = label_alert(alert).items()
    parameters = [(f"vedette:{name}", clean_line(", ".join(values))) for name, values in labels]
    add_pairs(info, "parameter", [pair for pair in parameters if pair[1]])
    _add_area(info, alert)


def _add_area(info: Element, alert: Alert) -> None:
    places = {name: value for name, value in sorted(alert.group.items()) if name in PLACES}
    if not places:
        return
    area = SubElement(info, "area")
    described = ", ".join(f"{name}: {clean_line(value)}" for name, value in places.items())
    add_text(area, "areaDesc", described)
    if "country" in places:
        add_pairs(area, "geocode", [("ISO 3166-1", clean_line(places["country"]))])


def _choose_response(alert: Alert) -> str:
    if has_ended(alert):
        return "AllClear" if alert.status is Status.RESOLVED else "None"
    return "Execute" if alert.action else "Monitor"


def _judge_certainty(alert: Alert) -> str:
    """What one ungraded source says is possible; what a report confirms is observed."""
    if alert.status is Status.WITHDRAWN:
        return "Unlikely"
    if alert.suspected or alert.uncorroborated:
        return "Possible"
    is_confirmed = any(piece.credibility == 1 for piece in alert.evidence)
    return "Observed" if is_confirmed else "Likely"
