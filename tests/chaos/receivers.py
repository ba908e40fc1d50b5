"""What the stand-ins for Slack and PagerDuty have received."""

import re

from tests.chaos.oracle import FIRING, RESOLVED, WITHDRAWN, AlertKey
from tests.chaos.verdict import ReceivedMessage
from tests.standins.pagerduty import Incident, PagerDutyStandIn
from tests.standins.slack import SlackStandIn
from tests.standins.slack_messages import PostedMessage

ALERT_KEY = re.compile(r"chaos/([a-z_0-9]+)/([a-z0-9-]+)/")
STATE = re.compile(r"\b(RESOLVED|WITHDRAWN)\b")
ENDS = {"RESOLVED": RESOLVED, "WITHDRAWN": WITHDRAWN}


def slack_messages(slack: SlackStandIn) -> list[ReceivedMessage]:
    """One for each message posted into the channel; its edits decide the status."""
    return [_read_message(message) for message in slack.roots]


def pager_incidents(pager: PagerDutyStandIn) -> list[ReceivedMessage]:
    """One for each incident opened."""
    with pager.lock:
        return [_read_incident(incident) for incident in pager.incidents]


def _read_message(message: PostedMessage) -> ReceivedMessage:
    state = STATE.search(message.shown.text)
    end = ENDS.get(state[1], FIRING) if state else FIRING
    return ReceivedMessage(
        parse_alert_key(message.text), message.alert, message.at, end, message.text
    )


def _read_incident(incident: Incident) -> ReceivedMessage:
    summary = str(incident.events[0].get("payload", {}).get("custom_details", {}).get("what", ""))
    end = RESOLVED if incident.status == "resolved" else FIRING
    return ReceivedMessage(
        parse_alert_key(summary), incident.dedup_key, incident.opened_at, end, summary
    )


def parse_alert_key(text: str) -> AlertKey | None:
    """The key in a summary, if it has one."""
    match = ALERT_KEY.search(text)
    return AlertKey(match[1], match[2]) if match else None
