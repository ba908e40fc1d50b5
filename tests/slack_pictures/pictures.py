"""The messages of which the documentation has pictures."""

from collections.abc import Mapping
from pathlib import Path

from schemas.alert import Alert
from tests.slack_pictures.channel import ALERTS, EACH, ONE_OF_A_PACK, SlackMessage, show_alerts
from tests.slack_pictures.page import draw_message

GOLDEN = Path(__file__).parent / "golden"
MARCH = ("march_called", "common_name", "high_alert", "joint_march")
PICTURES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "critical": (("iranian_missile_strike",), EACH),
    "hypothesis": (("mdcoa-1",), EACH),
    "suspected": (("militia_coordination",), EACH),
    "group": (MARCH, ONE_OF_A_PACK),
}
"""By name: the rules whose alerts are shown, and how they are grouped."""


def draw_picture(name: str) -> str:
    """What stands in the page of a picture; the frame is that of all."""
    return f"{draw_message(show_picture(name))}\n"


def show_picture(name: str) -> SlackMessage:
    """The message of a picture, with its thread."""
    rules, group_by = PICTURES[name]
    alerts = (Alert.model_validate_json(line) for line in ALERTS.read_text().splitlines())
    return show_alerts((each for each in alerts if each.rule.name in rules), group_by)
