"""What the stand-ins for Slack and PagerDuty have received, as the verdict wants it."""

import re

from tests.chaos.oracle import FIRING, RESOLVED, WITHDRAWN, Mark
from tests.chaos.verdict import Received
from tests.standins.pagerduty import Incident, PagerDutyStandIn
from tests.standins.slack import Message, SlackStandIn

MARK = re.compile(r"chaos/([a-z_0-9]+)/([a-z0-9-]+)/")
STATE = re.compile(r"\[([A-Z]+)\]")
ENDS = {"RESOLVED": RESOLVED, "WITHDRAWN": WITHDRAWN}


def in_slack(slack: SlackStandIn) -> list[Received]:
    """One for each message posted; edits tell how it ended."""
    with slack.lock:
        return [_message(one) for one in slack.messages]


def at_the_pager(pager: PagerDutyStandIn) -> list[Received]:
    """One for each incident opened."""
    with pager.lock:
        return [_incident(one) for one in pager.incidents]


def _message(message: Message) -> Received:
    state = STATE.match(message.shown.text)
    end = ENDS.get(state[1], FIRING) if state else FIRING
    return Received(mark_in(message.text), message.alert, message.at, end, message.text)


def _incident(incident: Incident) -> Received:
    summary = str(incident.events[0].get("payload", {}).get("summary", ""))
    end = RESOLVED if incident.status == "resolved" else FIRING
    return Received(mark_in(summary), incident.dedup_key, incident.opened_at, end, summary)


def mark_in(text: str) -> Mark | None:
    """The mark that a summary carries, if any."""
    found = MARK.search(text)
    return Mark(found[1], found[2]) if found else None
