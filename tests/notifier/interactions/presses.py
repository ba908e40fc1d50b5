"""What Slack sends when somebody presses a button."""

import json
from typing import Any
from urllib.parse import urlencode

REPLY = "https://hooks.slack.com/actions/T1/2/secret-part"


def payload(**changes: Any) -> dict[str, Any]:
    """Alice, U1, acknowledges the alert a1."""
    action = {
        "action_id": "vedette.acknowledge",
        "block_id": "vedette/a1",
        "action_ts": "1764244800.000100",
        "type": "button",
        "value": "a1",
    }
    told: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U1", "name": "ally", "username": "ally", "team_id": "T1"},
        "team": {"id": "T1", "domain": "watch"},
        "actions": [action | changes.pop("action", {})],
        "response_url": REPLY,
        "message": {"text": "words"},
    }
    return told | changes


def form(told: Any) -> bytes:
    """The body of the request."""
    return urlencode({"payload": json.dumps(told)}).encode()
