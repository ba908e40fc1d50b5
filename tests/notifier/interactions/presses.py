"""What Slack sends when somebody presses a button, or submits the modal."""

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
        "trigger_id": "1.2.trigger",
        "response_url": REPLY,
        "message": {"text": "words"},
    }
    return told | changes


def submission(reason: str | None = "works", **changes: Any) -> dict[str, Any]:
    """Alice, U1, silences the group of the alert a1 for an hour."""
    values = {
        "scope": {"choice": {"type": "radio_buttons", "selected_option": {"value": "group"}}},
        "duration": {"choice": {"type": "static_select", "selected_option": {"value": "1h"}}},
        "reason": {"words": {"type": "plain_text_input", "value": reason}},
    }
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "vedette.silence",
        "private_metadata": "a1",
        "state": {"values": values},
    }
    told = {key: part for key, part in payload().items() if key in ("user", "team")}
    told |= {"type": "view_submission", "view": view | changes.pop("view", {})}
    return told | changes


def form(told: Any) -> bytes:
    """The body of the request."""
    return urlencode({"payload": json.dumps(told)}).encode()
