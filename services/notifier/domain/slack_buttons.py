"""The buttons under an alert in Slack: what each does, and how a press names the alert."""

from enum import StrEnum
from typing import Any

from schemas.alert import Alert
from schemas.recorded_verdict import Opinion
from services.notifier.domain.entry import has_ended
from services.notifier.domain.grouping.summary import find_only
from services.notifier.domain.ports import Notice

LONGEST_ID = 200
"""Slack takes 255 characters as the id of a block."""


class Button(StrEnum):
    """A button by its `action_id`."""

    ACKNOWLEDGE = "vedette.acknowledge"
    SILENCE = "vedette.silence"
    USEFUL = "vedette.useful"
    NOISE = "vedette.noise"
    KNOWN = "vedette.known"


LABELS = {
    Button.ACKNOWLEDGE: "Acknowledge",
    Button.SILENCE: "Silence…",
    Button.USEFUL: "Useful",
    Button.NOISE: "Noise",
    Button.KNOWN: "Known",
}
OPINIONS = {
    Button.USEFUL: Opinion.USEFUL,
    Button.NOISE: Opinion.NOISE,
    Button.KNOWN: Opinion.KNOWN,
}


def build_buttons(notice: Notice) -> list[dict[str, Any]]:
    """The block of buttons; none under what has ended, and under several alerts at once."""
    alert = _find_alert(notice)
    if alert is None or has_ended(alert) or len(alert.id) > LONGEST_ID:
        return []
    elements = [_build_button(button, alert.id) for button in Button]
    return [{"type": "actions", "block_id": f"vedette/{alert.id}", "elements": elements}]


def _find_alert(notice: Notice) -> Alert | None:
    if notice.group is None:
        return notice.alert
    only = find_only(notice.group)
    return None if only is None else only.alert


def _build_button(button: Button, alert_id: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": LABELS[button], "emoji": False}
    return {"type": "button", "action_id": button.value, "text": text, "value": alert_id}
