"""What the stand-ins for Slack and PagerDuty have received, as the verdict wants it."""

import re

from tests.chaos.oracle import FIRING, RESOLVED, WITHDRAWN, AlertKey
from tests.chaos.verdict import ReceivedMessage
from tests.standins.pagerduty import Incident, PagerDutyStandIn
from tests.standins.slack import PostedMessage, SlackStandIn

MARK = re.compile(r"chaos/([a-z_0-9]+)/([a-z0-9-]+)/")
STATE = re.compile(r"\[([A-Z]+)\]")
ENDS = {"RESOLVED": RESOLVED, "WITHDRAWN": WITHDRAWN}


def in_slack(slack: SlackStandIn) -> list[ReceivedMessage]:
    """One for each message posted; edits tell how it ended."""
    with slack.lock:
        return [_message(one) for one in slack.messages]


def at_the_pager(pager: PagerDutyStandIn) -> list[ReceivedMessage]:
    """One for each incident opened."""
    with pager.lock:
        return [_incident(one) for one in pager.incidents]


def _message(message: PostedMessage) -> ReceivedMessage:
    state = STATE.match(message.shown.text)
    end = ENDS.get(state[1], FIRING) if state else FIRING
    return ReceivedMessage(mark_in(message.text), message.alert, message.at, end, message.text)


def _incident(incident: Incident) -> ReceivedMessage:
    summary = str(incident.events[0].get("payload", {}).get("summary", ""))
    end = RESOLVED if incident.status == "resolved" else FIRING
    return ReceivedMessage(mark_in(summary), incident.dedup_key, incident.opened_at, end, summary)


def mark_in(text: str) -> AlertKey | None:
    """The mark that a summary carries, if any."""
    found = MARK.search(text)
    return AlertKey(found[1], found[2]) if found else None
