"""An alert as a request of Opsgenie's Alert API, without the key."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from schemas.alert import Alert, Level
from services.notifier.domain.alert_view import build_view
from services.notifier.domain.entry import has_ended
from services.notifier.domain.headline import build_headline
from services.notifier.domain.news import is_raised
from services.notifier.domain.ports import Notice
from services.notifier.domain.webhook_message import render_text
from services.report_text import clean_line, cut_line

LONGEST_MESSAGE = 130
LONGEST_DESCRIPTION = 15_000
LONGEST_TAG = 50
LONGEST_ALIAS = 512
LONGEST_NOTE = 1000
PRIORITIES = {
    Level.CRITICAL: "P1",
    Level.HIGH: "P2",
    Level.MEDIUM: "P3",
    Level.LOW: "P4",
    Level.INFORMATIONAL: "P5",
}
SOURCE = "Vedette"


@dataclass(frozen=True, slots=True)
class OpsgenieRequest:
    """The path below `/v2/alerts`, and the body."""

    path: str
    body: dict[str, Any]
    method: Literal["POST", "PUT"] = "POST"


def build_requests(notice: Notice) -> list[OpsgenieRequest]:
    """What one notice asks for, in order; the alert's id is the alias, so a repeat changes nothing.

    An open alert keeps the priority that it was opened with, so one that rose is told its new one.
    """
    alert, requests = notice.alert, []
    if is_raised(notice.before, alert):
        priority = {"priority": PRIORITIES[alert.level]}
        requests.append(OpsgenieRequest(_name_act(alert, "priority"), priority, "PUT"))
    if notice.reopens:
        requests.append(_build_act(alert, "unacknowledge", build_headline(notice)))
    return [*requests, _build_request(notice)]


def _build_request(notice: Notice) -> OpsgenieRequest:
    """A new alert while it fires, which opens one where it was closed; else its end.

    An acknowledgement of what is in hand.
    """
    alert = notice.alert
    if has_ended(alert):
        return _build_act(alert, "close", clean_line(alert.reason or str(alert.status)))
    if notice.in_hand is not None and notice.before.status is not None:
        return _build_act(alert, "acknowledge", clean_line(notice.in_hand))
    return OpsgenieRequest("", _describe(notice))


def _build_act(alert: Alert, act: str, note: str) -> OpsgenieRequest:
    body = {"source": SOURCE, "note": cut_line(note, LONGEST_NOTE)}
    return OpsgenieRequest(_name_act(alert, act), body)


def _name_act(alert: Alert, act: str) -> str:
    """Its path, for the alert of this alias."""
    return f"/{quote(alert.id, safe='')}/{act}?identifierType=alias"


def _describe(notice: Notice) -> dict[str, Any]:
    alert, view = notice.alert, build_view(notice)
    names = (alert.pack, alert.rule.name, str(alert.level))
    return {
        "message": cut_line(view.headline, LONGEST_MESSAGE),
        "alias": alert.id[:LONGEST_ALIAS],
        "description": _cut(render_text(notice)),
        "tags": [cut_line(clean_line(name), LONGEST_TAG) for name in names],
        "entity": cut_line(clean_line(", ".join(alert.group.values())), LONGEST_ALIAS),
        "source": SOURCE,
        "priority": PRIORITIES[alert.level],
    }


def _cut(text: str) -> str:
    """The lines that fit."""
    kept = text.encode()[:LONGEST_DESCRIPTION].decode(errors="ignore")
    return text if kept == text else kept.rpartition("\n")[0] or kept
